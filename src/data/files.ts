import { type Dirent, promises as fs, type Stats } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../errors.js';

/** Bytes that can be read from anywhere without holding them all. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, in a buffer of the caller's own that begins at offset 0 (so that any type can view it). Throws ModelError where the file ends before. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** The sentence for an error of the file system. */
export function fileError(path: string, error: unknown): ModelError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason =
    code === 'ENOENT'
      ? 'does not exist: check the path'
      : code === 'EACCES' || code === 'EPERM'
        ? 'may not be read: check its permissions'
        : code === 'ELOOP'
          ? 'is a symbolic link that leads back to itself'
          : code === 'EMFILE' || code === 'ENFILE'
            ? 'cannot be opened because too many files are open: raise the limit (ulimit -n)'
            : `cannot be read (${(error as Error).message})`;
  return new ModelError(`${path} ${reason}.`, { cause: error });
}

export async function statPath(path: string): Promise<Stats> {
  try {
    return await fs.stat(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Part of a file, which is open only while it is read. Fewer bytes than asked for come back only at the file's end. */
export async function readUpTo(path: string, offset: number, length: number): Promise<Buffer> {
  try {
    const handle = await fs.open(path, 'r');
    try {
      const buffer = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

/** A file as a {@link ByteSource}. */
export function fileBytes(path: string, size: number): ByteSource {
  return {
    size,
    async read(offset, length) {
      const bytes = await readUpTo(path, offset, length);
      if (bytes.length < length)
        throw new ModelError(
          `${path} ends early: ${length} bytes were expected at offset ${offset}, ${bytes.length} are there. The file is truncated or was changed meanwhile.`,
        );
      return bytes;
    },
  };
}

const largestText = 64 << 20;

/** A whole UTF-8 text file, without a byte order mark. Throws ModelError over 64 MB, for UTF-16 and for bytes that are no UTF-8. */
export async function readText(path: string): Promise<string> {
  const { size } = await statPath(path);
  if (size > largestText) throw new ModelError(`${path} has ${size} bytes, more than the 64 MB that a text file here can have.`);
  return decodeText(await readUpTo(path, 0, size), path);
}

export function decodeText(bytes: Uint8Array, path: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new ModelError(`${path} is UTF-16 text: save it as UTF-8.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ModelError(`${path} is not UTF-8 text: save it as UTF-8.`, { cause: error });
  }
}

/** Order of names everywhere in this folder: by UTF-16 code units, the same in every locale. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface Entry {
  readonly name: string;
  readonly directory: boolean;
}

/** Names that systems leave behind. */
const litter = new Set(['Thumbs.db', 'desktop.ini', '__MACOSX']);

/** What a folder holds, sorted by name, links followed, hidden names and all that is neither file nor folder left out. */
export async function listFolder(path: string): Promise<Entry[]> {
  let found: Dirent[];
  try {
    found = await fs.readdir(path, { withFileTypes: true });
  } catch (error) {
    throw fileError(path, error);
  }
  const entries: Entry[] = [];
  for (const d of found) {
    if (d.name.startsWith('.') || litter.has(d.name)) continue;
    const target = d.isSymbolicLink() ? await statPath(join(path, d.name)) : d;
    // Reading a pipe or a device could wait for ever.
    if (target.isFile() || target.isDirectory()) entries.push({ name: d.name, directory: target.isDirectory() });
  }
  return entries.sort((a, b) => byName(a.name, b.name));
}

const deepest = 16;

/** The files below a folder as sorted relative paths with `/`. Throws ModelError where folders nest deeper than 16 (a link that leads upwards). */
export async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (relative: string, depth: number): Promise<void> => {
    if (depth > deepest) throw new ModelError(`${join(root, relative)} is nested more than ${deepest} folders deep.`);
    for (const entry of await listFolder(join(root, relative))) {
      const path = relative ? `${relative}/${entry.name}` : entry.name;
      if (entry.directory) await walk(path, depth + 1);
      else files.push(path);
    }
  };
  await walk('', 0);
  return files.sort(byName);
}
