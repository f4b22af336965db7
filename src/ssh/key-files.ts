import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { keyType } from './known-hosts.js';

/** A key that can be offered to a host: its public half now, signatures on demand. */
export interface Identity {
  /** For messages: the file, or the agent's comment. */
  readonly name: string;
  /** In SSH's wire format. */
  readonly publicKey: Buffer;
  /** Absent for a file that holds the public half alone: the agent has to sign. */
  readonly privateKey?: () => Promise<ParsedKey>;
}

/** Asks for the passphrase of a key file; undefined where there is none. */
export type AskPassphrase = (file: string) => Promise<string | undefined>;

const maxBytes = 1 << 16;

/** Keys that were decrypted, by file: a fleet is asked for its passphrase once, and the slow derivation runs once. */
const decrypted = new Map<string, Promise<ParsedKey>>();

/**
 * Reads a key file. An encrypted one is opened when a host accepts its public half, which stands in the file itself
 * (`openssh-key-v1`) or in FILE.pub. Throws an Error with a clause: why the key cannot be offered.
 */
export async function readIdentity(file: string, ask: AskPassphrase): Promise<Identity> {
  const text = await readKey(file);
  const parsed = text === undefined ? undefined : ssh2.utils.parseKey(text);
  if (text === undefined || parsed === undefined) {
    return { name: file, publicKey: (await publicHalf(`${file}.pub`)) ?? refuse('is not there') };
  }
  if (!(parsed instanceof Error)) {
    const key = single(parsed);
    return { name: file, publicKey: key.getPublicSSH(), ...(key.isPrivateKey() && { privateKey: async () => key }) };
  }
  if (!/encrypted/i.test(parsed.message)) {
    const why = /BEGIN (?:ENCRYPTED )?PRIVATE KEY/.test(text)
      ? 'is in a format (PKCS#8) that is not read; convert it with ssh-keygen -p -f'
      : 'is no private key that can be read';
    throw new Error(`${file} ${why} (${parsed.message})`);
  }
  const open = (): Promise<ParsedKey> => openOnce(file, text, ask);
  return {
    name: file,
    publicKey: publicInside(text) ?? (await publicHalf(`${file}.pub`)) ?? (await open()).getPublicSSH(),
    privateKey: open,
  };
}

const refuse = (why: string): never => {
  throw new Error(why);
};

async function readKey(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).size > maxBytes) throw new Error('it is too large for a key');
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read (${(error as Error).message})`, { cause: error });
  }
}

const single = (key: ParsedKey | ParsedKey[]): ParsedKey => (Array.isArray(key) ? key[0] : key);

async function publicHalf(file: string): Promise<Buffer | undefined> {
  const text = await readKey(file);
  const parsed = text === undefined ? undefined : ssh2.utils.parseKey(text);
  return parsed === undefined || parsed instanceof Error ? undefined : single(parsed).getPublicSSH();
}

/**
 * The public key in an `openssh-key-v1` file (OpenSSH, PROTOCOL.key): after the magic come cipher, key derivation and its
 * options, each with a length, the number of keys, and the public key, in the clear.
 */
function publicInside(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  const bytes = Buffer.from(body ?? '', 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const field = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  for (let i = 0; i < 3; i++) next();
  at += 4;
  const key = next();
  return keyType(key) ? key : undefined;
}

function openOnce(file: string, text: string, ask: AskPassphrase): Promise<ParsedKey> {
  const at = `${file}\0${text}`;
  const opening = decrypted.get(at) ?? decrypt(file, text, ask);
  decrypted.set(at, opening);
  opening.catch(() => decrypted.delete(at));
  return opening;
}

/** Asks up to three times, as ssh does; an answer that comes again is not tried again. */
async function decrypt(file: string, text: string, ask: AskPassphrase): Promise<ParsedKey> {
  let last: string | undefined;
  for (let i = 0; i < 3; i++) {
    const passphrase = await ask(file);
    if (passphrase === undefined) {
      throw new Error(`${file} is encrypted and there is no passphrase for it; add it to the agent (ssh-add) or set EDGEML_SSH_PASSPHRASE`);
    }
    if (passphrase === last) break;
    last = passphrase;
    const key = ssh2.utils.parseKey(text, passphrase);
    if (!(key instanceof Error)) return single(key);
  }
  throw new Error(`the passphrase for ${file} is wrong`);
}
