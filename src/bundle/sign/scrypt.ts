import { scrypt } from 'node:crypto';
import { availableMemory } from 'node:process';

/** What a derivation may cost, in libsodium's terms: operations, and bytes of memory. */
export interface Limits {
  readonly opslimit: number;
  readonly memlimit: number;
}

/** minisign's own (crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE and MEMLIMIT_SENSITIVE): 1 GiB, some seconds. */
export const sensitive: Limits = { opslimit: 2 ** 25, memlimit: 2 ** 30 };

/** libsodium's ..._OPSLIMIT_MIN and ..._MEMLIMIT_MIN. */
const least: Limits = { opslimit: 2 ** 15, memlimit: 2 ** 24 };

/** No file that minisign writes asks for more; a damaged one could for hours. */
const most: Limits = { opslimit: 2 ** 32, memlimit: 2 ** 32 };

export interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** scrypt's parameters from limits, as libsodium picks them (pickparams in pwhash_scryptsalsa208sha256.c). */
export function scryptParameters({ opslimit, memlimit }: Limits): ScryptParameters {
  const operations = Math.max(opslimit, least.opslimit);
  const r = 8;
  const cheap = operations < Math.floor(memlimit / 32);
  const maxN = Math.floor(cheap ? operations / (r * 4) : memlimit / (r * 128));
  let N = 2;
  while (N <= maxN / 2) N *= 2;
  const maxrp = Math.min(Math.floor(Math.floor(operations / 4) / N), 0x3fffffff);
  return { N, r, p: cheap ? 1 : Math.floor(maxrp / r) };
}

/** The bytes of memory that a derivation takes. */
export const memoryOf = ({ N, r, p }: ScryptParameters): number => 128 * r * (N + p + 2);

/** Whether limits are in the range in which a derivation ends some time. */
export const areSane = ({ opslimit, memlimit }: Limits): boolean => opslimit <= most.opslimit && memlimit <= most.memlimit;

/** Limits that the memory at hand allows: halved until they fit, as minisign does. */
export function affordable(limits: Limits): Limits {
  let { opslimit, memlimit } = limits;
  while (memoryOf(scryptParameters({ opslimit, memlimit })) > availableMemory() && memlimit / 2 >= least.memlimit) {
    opslimit = Math.max(opslimit / 2, least.opslimit);
    memlimit /= 2;
  }
  return { opslimit, memlimit };
}

/** libsodium's crypto_pwhash_scryptsalsa208sha256. */
export function derive(password: string, salt: Uint8Array, limits: Limits, length: number): Promise<Buffer> {
  const parameters = scryptParameters(limits);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { ...parameters, maxmem: 2 * memoryOf(parameters) }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
