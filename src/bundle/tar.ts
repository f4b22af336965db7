import { ModelError } from '../errors.js';

/** A file in a tar archive. */
export interface TarEntry {
  readonly path: string;
  /** Of its content, from the beginning of the archive. */
  readonly offset: number;
  readonly bytes: number;
  readonly executable: boolean;
}

const block = 512;
/** Eleven octal digits (POSIX.1-2017, pax, ustar interchange format). */
const largest = 8 ** 11 - 1;

/** Bytes from the end of a content of `bytes` to the next block. */
export const paddingOf = (bytes: number): number => (block - (bytes % block)) % block;

/** What ends an archive: two empty blocks. */
export const tarEnd = new Uint8Array(2 * block);

/**
 * The ustar header of a file, in which nothing depends on when, where and by whom it is made. `path` is ASCII of at most 200
 * characters; one over 100 is parted at a slash. Throws ModelError where it cannot be, or the file has 8 GiB or more.
 */
export function tarHeader(path: string, bytes: number, executable: boolean): Uint8Array {
  const [prefix, name] = parted(path);
  if (bytes > largest) throw new ModelError(`${path} has ${bytes} bytes; a bundle takes files below 8 GiB.`);
  const header = Buffer.alloc(block);
  const put = (at: number, text: string): void => void header.write(text, at, 'latin1');
  const octal = (at: number, digits: number, value: number): void => put(at, value.toString(8).padStart(digits, '0'));
  put(0, name);
  octal(100, 7, executable ? 0o755 : 0o644);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, bytes);
  octal(136, 11, 0);
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\x0000');
  put(345, prefix);
  octal(
    148,
    6,
    header.reduce((sum, b) => sum + b, 0),
  );
  header[154] = 0;
  return header;
}

function parted(path: string): [prefix: string, name: string] {
  if (path.length <= 100) return ['', path];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    if (at <= 155 && path.length - at - 1 <= 100) return [path.slice(0, at), path.slice(at + 1)];
  }
  throw new ModelError(`${path} is too long a name for a bundle: at most 100 characters after a slash are taken. Shorten it.`);
}

/** Reads `length` bytes from `offset` on; fewer at the end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * The files of an archive of `size` bytes, in order; only headers are read. Throws ModelError, naming `where`, for anything but
 * plain files, and for an archive that ends early.
 */
export async function readTar(readAt: ReadAt, size: number, where: string): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  const seen = new Set<string>();
  for (let at = 0; ; ) {
    const header = Buffer.from(await readAt(at, block));
    if (header.length < block)
      throw new ModelError(`${where} ends early, at byte ${Math.min(size, at + header.length)}. It was cut off; copy it again.`);
    if (header.every((b) => b === 0)) return entries;
    const entry = parseHeader(header, at, where);
    const end = entry.offset + entry.bytes;
    if (end > size) {
      throw new ModelError(`${where} ends early: ${entry.path} needs ${end - size} more bytes. It was cut off; copy it again.`);
    }
    if (seen.has(entry.path)) throw new ModelError(`${where} holds ${entry.path} twice. Make the bundle anew.`);
    seen.add(entry.path);
    entries.push(entry);
    at = end + paddingOf(entry.bytes);
  }
}

function parseHeader(header: Buffer, at: number, where: string): TarEntry {
  const text = (from: number, length: number): string => header.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  const octal = (from: number, length: number): number => {
    const digits = text(from, length).trim();
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  };
  const sum = header.reduce((s, b, i) => s + (i >= 148 && i < 156 ? 32 : b), 0);
  if (text(257, 5) !== 'ustar' || octal(148, 8) !== sum) {
    throw new ModelError(`${where} is no bundle: there is no valid tar header at byte ${at}. Make it with 'edgeml bundle'.`);
  }
  const path = [text(345, 155), text(0, 100)].filter(Boolean).join('/');
  if (!['0', ''].includes(text(156, 1))) throw new ModelError(`${where} holds ${path}, which is no plain file. Make the bundle anew.`);
  const bytes = octal(124, 12);
  if (Number.isNaN(bytes)) throw new ModelError(`${where} tells no size of ${path}. Make the bundle anew.`);
  return { path, offset: at + block, bytes, executable: (octal(100, 8) & 0o100) !== 0 };
}
