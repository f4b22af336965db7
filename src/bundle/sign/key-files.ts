import { randomBytes } from 'node:crypto';
import { ModelError, UsageError } from '../../errors.js';
import { blake2b } from './blake2b.js';
import { publicKeyOf } from './ed25519.js';
import { affordable, areSane, derive, type Limits, memoryOf, scryptParameters, sensitive } from './scrypt.js';
import { decodeBase64, keyIdText, untrustedPrefix } from './text.js';

export { keyIdText };

/** A key that signatures are checked with. */
export interface PublicKey {
  /** 8 bytes by which a signature names its key. */
  readonly keyId: Buffer;
  /** 32 bytes: Ed25519. */
  readonly key: Buffer;
}

/** A key that signs. */
export interface SecretKey {
  /** 8 bytes, those of the public key. */
  readonly keyId: Buffer;
  /** 32 bytes from which the rest of the key follows (RFC 8032, 5.1.5). */
  readonly seed: Buffer;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

export interface SecretKeyOptions {
  /** Encrypts the file. Without one whoever reads the file can sign. */
  readonly password?: string;
  /** What deriving a key from the password may cost; the default is minisign's, or what the memory at hand allows. */
  readonly limits?: Limits;
}

/** Asks for the password of a secret key file; undefined where there is none. */
export type AskPassword = () => Promise<string | undefined>;

/** Lengths of what a file of minisign holds, in bytes. */
const lengths = { 'a public key': 42, 'a secret key': 158, 'a signature': 74 } as const;
type Kind = keyof typeof lengths;

/** Where the fields of a secret key stand (SeckeyStruct in minisign.h): the algorithms at 0, 2 and 4, and these. */
const at = { salt: 6, opslimit: 38, memlimit: 46, body: 54 } as const;
const unencrypted = '\0\0';
/** minisign reads passwords into 1024 bytes. */
const maxPassword = 1023;

/** A new pair of keys. */
export function generateKeyPair(): { readonly secret: SecretKey; readonly public: PublicKey } {
  const keyId = randomBytes(8);
  const seed = randomBytes(32);
  const publicKey = publicKeyOf(seed);
  return { secret: { keyId, seed, publicKey }, public: { keyId, key: publicKey } };
}

/** The text of a public key file, as minisign writes it. */
export const formatPublicKey = ({ keyId, key }: PublicKey): string =>
  fileText(`minisign public key ${keyIdText(keyId)}`, Buffer.concat([Buffer.from('Ed'), keyId, key]));

/** Reads a public key file of minisign, or the line of base64 in it alone. Throws ModelError naming `file`. */
export function readPublicKey(text: string, file: string): PublicKey {
  const bytes = readBytes(text, file, 'a public key');
  return { keyId: bytes.subarray(2, 10), key: bytes.subarray(10) };
}

/** The text of a secret key file that minisign reads. Throws UsageError for a password that minisign could not be given. */
export async function formatSecretKey(secret: SecretKey, options: SecretKeyOptions = {}): Promise<string> {
  const { password } = options;
  const bytes = Buffer.alloc(lengths['a secret key']);
  const body = Buffer.concat([secret.keyId, secret.seed, secret.publicKey]);
  bytes.write(`Ed${unencrypted}B2`, 'latin1');
  bytes.set([...body, ...checksum(body)], at.body);
  if (password === undefined) return fileText('minisign unencrypted secret key', bytes);
  if (Buffer.byteLength(password) > maxPassword || /[\0\r\n]/.test(password)) {
    throw new UsageError(`The password of a key must be one line of at most ${maxPassword} bytes. Give another one.`);
  }
  const limits = options.limits ?? affordable(sensitive);
  bytes.write('Sc', 2);
  bytes.set(randomBytes(at.opslimit - at.salt), at.salt);
  bytes.writeBigUInt64LE(BigInt(limits.opslimit), at.opslimit);
  bytes.writeBigUInt64LE(BigInt(limits.memlimit), at.memlimit);
  await encrypt(bytes, password, limits);
  return fileText('minisign encrypted secret key', bytes);
}

/**
 * Reads a secret key file of minisign; the password is asked for where the file is encrypted. Throws ModelError naming `file`,
 * and UsageError where the password is missing or wrong.
 */
export async function readSecretKey(text: string, file: string, askPassword: AskPassword): Promise<SecretKey> {
  const bytes = readBytes(text, file, 'a secret key');
  const [derivation, sum] = [bytes.toString('latin1', 2, 4), bytes.toString('latin1', 4, 6)];
  if ((derivation !== 'Sc' && derivation !== unencrypted) || sum !== 'B2') {
    const shown = JSON.stringify(derivation + sum);
    throw new ModelError(`${file} is a secret key that is protected in a way that is not known (${shown}). Make a new pair of keys.`);
  }
  if (derivation === 'Sc') await decrypt(bytes, file, askPassword);
  const body = bytes.subarray(at.body, at.body + 72);
  const [keyId, seed, publicKey] = [body.subarray(0, 8), body.subarray(8, 40), body.subarray(40)];
  // minisign writes no checksum into files that it does not encrypt.
  const sumFits = [checksum(body), ...(derivation === unencrypted ? [Buffer.alloc(32)] : [])].some((s) => s.equals(bytes.subarray(-32)));
  if (!sumFits && derivation === 'Sc') throw new UsageError(`The password for ${file} is wrong. Give the one that it was made with.`);
  if (!sumFits || !publicKeyOf(seed).equals(publicKey)) {
    throw new ModelError(`${file} was changed or damaged: its secret key does not fit its public key or checksum. Copy it again.`);
  }
  return { keyId, seed, publicKey };
}

async function decrypt(bytes: Buffer, file: string, askPassword: AskPassword): Promise<void> {
  const limits = {
    opslimit: Number(bytes.readBigUInt64LE(at.opslimit)),
    memlimit: Number(bytes.readBigUInt64LE(at.memlimit)),
  };
  if (!areSane(limits)) {
    throw new ModelError(`${file} asks for ${limits.opslimit} operations and ${limits.memlimit} bytes to be decrypted. Copy it again.`);
  }
  const password = await askPassword();
  if (password === undefined) throw new UsageError(`${file} is encrypted and there is no password for it. Give the password.`);
  try {
    await encrypt(bytes, password, limits);
  } catch (error) {
    const needs = Math.ceil(memoryOf(scryptParameters(limits)) / 2 ** 20);
    throw new ModelError(`${file} cannot be decrypted: ${(error as Error).message}. It takes ${needs} MiB of memory; free some.`, {
      cause: error,
    });
  }
}

/** Encrypts or decrypts what stands behind the limits: a stream made from the password is added to it. */
async function encrypt(bytes: Buffer, password: string, limits: Limits): Promise<void> {
  const stream = await derive(password, bytes.subarray(at.salt, at.opslimit), limits, bytes.length - at.body);
  for (const [i, x] of stream.entries()) bytes[at.body + i] ^= x;
}

const checksum = (body: Uint8Array): Buffer => blake2b(Buffer.concat([Buffer.from('Ed'), body]), 32);

const fileText = (comment: string, bytes: Buffer): string => `${untrustedPrefix}${comment}\n${bytes.toString('base64')}\n`;

function readBytes(text: string, file: string, wanted: Kind): Buffer {
  const lines = text.trim().split(/\r?\n/);
  const bytes = decodeBase64(lines.at(lines[0].startsWith(untrustedPrefix) ? 1 : 0) ?? '');
  if (!bytes?.length) {
    throw new ModelError(
      `${file} is not ${wanted} of minisign, or was cut off: its line of the key is not base64. Give the file that minisign wrote.`,
    );
  }
  const found = (Object.keys(lengths) as Kind[]).find((kind) => lengths[kind] === bytes.length);
  if (found && found !== wanted) throw new ModelError(`${file} is ${found}, but ${wanted} is needed. ${remedies[found]}`);
  if (!found) {
    const length = `${bytes.length} bytes where ${wanted} has ${lengths[wanted]}`;
    throw new ModelError(`${file} holds ${length}. It was cut off, or is no key of minisign; copy it again.`);
  }
  const algorithm = bytes.toString('latin1', 0, 2);
  if (algorithm !== 'Ed') {
    throw new ModelError(
      `${file} is ${wanted} of the algorithm ${JSON.stringify(algorithm)}; only "Ed" (Ed25519) is known. Make a new pair of keys.`,
    );
  }
  return bytes;
}

const remedies: Readonly<Record<Kind, string>> = {
  'a public key': 'Give the secret key file that was made together with it.',
  'a secret key': 'Give the public key file that was made together with it, and show this one to nobody.',
  'a signature': 'Give the file of the key.',
};
