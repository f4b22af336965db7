import { crc32, inflateRawSync } from 'node:zlib';
import { ModelError } from '../../errors.js';

/** One file in a zip archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly encrypted: boolean;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Where the entry's local header stands. */
  readonly header: number;
}

const endOfDirectory = 0x06054b50;
const endOfDirectory64 = 0x06064b50;
const locator64 = 0x07064b50;
const directoryEntry = 0x02014b50;
const localHeader = 0x04034b50;
/** Deflate cannot shrink bytes to less than 1/1032 of their number (RFC 1951); a larger claim is a lie. */
export const deflateLimit = 1032;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = new TextDecoder();

/** Whether the bytes begin like a zip archive (an entry, or the end of an empty one). */
export const looksLikeZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

/**
 * The entries of a zip archive, by its central directory (PKWARE APPNOTE 4.3, with zip64).
 * Throws ModelError where there is none or where it is damaged.
 */
export function listZip(bytes: Uint8Array, path: string): ZipEntry[] {
  const view = viewOf(bytes);
  const { at: first, count } = directory(view, path);
  const entries: ZipEntry[] = [];
  let at = first;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directoryEntry) {
      throw new ModelError(
        `${path}: the zip archive's directory is damaged at entry ${i + 1} of ${count}. Copy or download the file again.`,
      );
    }
    const [nameLength, extraLength, commentLength] = [
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true),
      view.getUint16(at + 32, true),
    ];
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [size, packed, header] = wideFields(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    entries.push({
      name: text.decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      packed,
      size,
      header,
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/** Where the central directory begins and how many entries it has. */
function directory(view: DataView, path: string): { at: number; count: number } {
  const end = findEnd(view);
  if (end < 0) {
    throw new ModelError(
      `${path} is a zip archive without its directory, which stands at the end: the file is truncated. Copy or download it again.`,
    );
  }
  const count = view.getUint16(end + 10, true);
  const at = view.getUint32(end + 16, true);
  const locator = end - 20;
  if ((count === 0xffff || at === 0xffffffff) && locator >= 0 && view.getUint32(locator, true) === locator64) {
    const wide = Number(view.getBigUint64(locator + 8, true));
    if (wide + 56 <= view.byteLength && view.getUint32(wide, true) === endOfDirectory64) {
      return { at: Number(view.getBigUint64(wide + 48, true)), count: Number(view.getBigUint64(wide + 32, true)) };
    }
  }
  return { at, count };
}

/** The end record stands last, before a comment of at most 65535 bytes. */
function findEnd(view: DataView): number {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) if (view.getUint32(at, true) === endOfDirectory) return at;
  return -1;
}

/** Fields that are all ones stand in the zip64 extra field (id 1), in this order, 8 bytes each. */
function wideFields(extra: Uint8Array, fields: readonly number[]): number[] {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    return fields.map((f) => {
      if (f !== 0xffffffff || next + 8 > extra.length) return f;
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  return [...fields];
}

/**
 * The bytes of one entry: a view where it is stored as it is, unpacked otherwise. Its checksum is verified.
 * Throws ModelError where it is encrypted, packed by an unknown method, damaged, or claims an impossible or unusable size.
 * @param limit Bytes that the entry may have when unpacked.
 */
export function readZipEntry(bytes: Uint8Array, entry: ZipEntry, path: string, limit: number): Uint8Array {
  const fail = (why: string): never => {
    throw new ModelError(`${path}: the archive's entry '${entry.name}' ${why}`);
  };
  const { packed, size, header } = entry;
  const damaged = 'is damaged; copy or download the file again.';
  if (entry.encrypted) fail('is encrypted; save the model without a password.');
  if (entry.method !== 0 && entry.method !== 8) fail(`is packed by method ${entry.method}; only stored and deflated entries are read.`);
  if (size > limit) fail(`has ${size} bytes, more than the ${limit} that are read.`);
  if (size > packed * deflateLimit) fail(`claims to unpack from ${packed} to ${size} bytes, which deflate cannot do.`);
  const view = viewOf(bytes);
  if (header + 30 > bytes.length || view.getUint32(header, true) !== localHeader) fail(damaged);
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (start + packed > bytes.length)
    fail(`ends after the end of the file (${start + packed} of ${bytes.length} bytes); the file is truncated.`);
  const content = entry.method === 0 ? bytes.subarray(start, start + packed) : inflate(bytes.subarray(start, start + packed), size, fail);
  if (content.length !== size) fail(`holds ${content.length} bytes where ${size} are declared; the file is damaged.`);
  if (crc32(content) !== entry.crc) fail(`does not have its checksum: it ${damaged}`);
  return content;
}

function inflate(packed: Uint8Array, size: number, fail: (why: string) => never): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (e) {
    // zlib's own errors: bad codes, an early end, more output than declared.
    return fail(`does not unpack (${(e as Error).message}); the file is damaged.`);
  }
}
