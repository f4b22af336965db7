import { createHash, createHmac } from 'node:crypto';
import { readText } from './config-file.js';
import { matchesPatterns } from './patterns.js';

/** A line of a file of known hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly marker?: 'revoked' | 'cert-authority';
  /** The names as they stand there: a list of patterns, or `|1|salt|hash`. */
  readonly names: string;
  readonly type: string;
  /** The public key in SSH's wire format. */
  readonly key: Buffer;
  /** For messages: `FILE line N`. */
  readonly where: string;
}

/** What files of known hosts say about a key that a host shows. */
export type Verdict =
  | { readonly kind: 'known'; readonly entry: KnownHost }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  /** Other keys are known for the host; of the same type first. */
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  /** No key is known, but an authority that signs the host's certificates, which edgeml does not check. */
  | { readonly kind: 'authority'; readonly entry: KnownHost }
  | { readonly kind: 'unknown' };

/** The lines of files of known hosts that can be read as such; a file that is not there has none. */
export function readKnownHosts(files: readonly string[]): KnownHost[] {
  return files.flatMap((file) =>
    (readText(file, 'known hosts') ?? '').split('\n').flatMap((line, i) => parseLine(line, file, i + 1) ?? []),
  );
}

function parseLine(line: string, file: string, number: number): KnownHost | undefined {
  const words = line.trim().split(/\s+/);
  if (words[0] === '' || words[0].startsWith('#')) return undefined;
  const marker = words[0].startsWith('@') ? words.shift()?.slice(1) : undefined;
  // As for ssh: a line that says nothing that is understood says nothing, and the host stays unknown.
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return undefined;
  const [names, type, base64] = words;
  if (base64 === undefined) return undefined;
  const key = Buffer.from(base64, 'base64');
  if (key.length < 8 || keyType(key) !== type) return undefined;
  return { ...(marker !== undefined && { marker }), names, type, key, where: `${file} line ${number}` };
}

/** The type that a public key in SSH's wire format names: a length of four bytes, then the text. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + Math.min(key.readUInt32BE(0), 64)).toString('latin1');
}

/** As ssh-keygen -l prints it. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** How a host stands in files of known hosts: with brackets where its port is not 22. */
export const knownHostName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`);

/** The lines about a host under that name. */
export const linesAbout = (name: string, hosts: readonly KnownHost[]): KnownHost[] => hosts.filter((h) => namesHost(h.names, name));

function namesHost(names: string, name: string): boolean {
  if (!names.startsWith('|')) return matchesPatterns(name, names.toLowerCase().split(','));
  const [, version, salt, hash] = names.split('|');
  return version === '1' && hash !== undefined && hashOf(name, salt) === hash;
}

const hashOf = (name: string, salt: string): string => createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');

/** The names of a line that hides which host it is about. */
export const hashedName = (name: string, salt: Buffer): string => `|1|${salt.toString('base64')}|${hashOf(name, salt.toString('base64'))}`;

/**
 * What is known about `key` under `names`: the host's own name, then those under which its key counts too (without the port).
 * A revoked key is refused wherever it stands; a key of another type than the known ones counts as changed.
 */
export function judge(key: Buffer, names: readonly string[], hosts: readonly KnownHost[]): Verdict {
  const about = names.map((n) => linesAbout(n, hosts));
  const revoked = about.flat().find((h) => h.marker === 'revoked' && h.key.equals(key));
  if (revoked) return { kind: 'revoked', entry: revoked };
  const known = about.flat().find((h) => h.marker === undefined && h.key.equals(key));
  if (known) return { kind: 'known', entry: known };
  const own = about[0].filter((h) => h.marker === undefined);
  const other = own.find((h) => h.type === keyType(key)) ?? own[0];
  if (other) return { kind: 'changed', entry: other };
  const authority = about[0].find((h) => h.marker === 'cert-authority');
  return authority ? { kind: 'authority', entry: authority } : { kind: 'unknown' };
}
