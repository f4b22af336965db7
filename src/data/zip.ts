import { ModelError } from '../errors.js';
import { decodeText, fileBytes, statPath } from './files.js';

/** A file inside a zip archive (PKWARE APPNOTE 6.3, with its 64-bit extension). */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where the packed bytes begin in the archive. */
  readonly offset: number;
}

const endLength = 22;
const longestDirectory = 64 << 20;

/** Reads an archive's directory; nothing is unpacked. Throws ModelError where it is damaged, encrypted or packed in another way than deflate. */
export async function readZipDirectory(path: string): Promise<ZipEntry[]> {
  const { size } = await statPath(path);
  const file = fileBytes(path, size);
  const damaged = (why: string) => new ModelError(`${path} is a damaged zip archive: ${why}.`);

  const tailLength = Math.min(size, endLength + 0xffff);
  const tail = await file.read(size - tailLength, tailLength);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + endLength > tail.length)
    throw damaged('its directory at the end of the file is missing, so it is probably truncated');
  let count = tail.readUInt16LE(end + 10);
  let length = tail.readUInt32LE(end + 12);
  let start = tail.readUInt32LE(end + 16);
  if (end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50) {
    const at = Number(tail.readBigUInt64LE(end - 12));
    if (at + 56 > size) throw damaged(`its 64-bit end record is said to be at ${at}, beyond the file's ${size} bytes`);
    const wide = await file.read(at, 56);
    if (wide.readUInt32LE(0) !== 0x06064b50) throw damaged('its 64-bit end record is missing');
    count = Number(wide.readBigUInt64LE(32));
    length = Number(wide.readBigUInt64LE(40));
    start = Number(wide.readBigUInt64LE(48));
  }
  if (start + length > size || length > longestDirectory)
    throw damaged(`its directory of ${length} bytes at ${start} is not within the file's ${size} bytes`);

  const directory = await file.read(start, length);
  const entries: ZipEntry[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > length || directory.readUInt32LE(at) !== 0x02014b50)
      throw damaged(`entry ${i + 1} of ${count} in its directory is unreadable`);
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
    if (next > length) throw damaged(`entry ${i + 1} of ${count} in its directory is cut off`);
    const name = decodeText(directory.subarray(at + 46, at + 46 + nameLength), `${path}: the name of entry ${i + 1}`);
    if (directory.readUInt16LE(at + 8) & 1) throw new ModelError(`${path}: '${name}' is encrypted: save it without a password.`);
    const method = directory.readUInt16LE(at + 10);
    if (method !== 0 && method !== 8)
      throw new ModelError(`${path}: '${name}' is packed by method ${method}; only stored and deflated entries can be read.`);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [unpacked, packedSize, header] = sizes(directory, at, extra, () => damaged(`the 64-bit sizes of '${name}' are missing`));
    if (header + 30 > size) throw damaged(`'${name}' is said to begin at ${header}, beyond the file's ${size} bytes`);
    const local = await file.read(header, 30);
    if (local.readUInt32LE(0) !== 0x04034b50) throw damaged(`'${name}' does not begin at ${header} as the directory says`);
    const offset = header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (offset + packedSize > size) throw damaged(`'${name}' takes ${packedSize} bytes from ${offset}, beyond the file's ${size} bytes`);
    if (method === 0 && packedSize !== unpacked) throw damaged(`'${name}' is stored, yet its packed and unpacked sizes differ`);
    entries.push({ name, method, crc: directory.readUInt32LE(at + 16), packedSize, size: unpacked, offset });
    at = next;
  }
  return entries;
}

/** Unpacked size, packed size and position of an entry: 32-bit fields, where saturated taken from the extra field 0x0001. */
function sizes(directory: Buffer, at: number, extra: Buffer, missing: () => ModelError): [number, number, number] {
  const fields = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)] as [
    number,
    number,
    number,
  ];
  if (!fields.includes(0xffffffff)) return fields;
  for (let e = 0; e + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(e + 2);
    if (extra.readUInt16LE(e) === 1) {
      const wide = extra.subarray(e + 4, e + 4 + length);
      let next = 0;
      const take = () => {
        if (next + 8 > wide.length) throw missing();
        next += 8;
        return Number(wide.readBigUInt64LE(next - 8));
      };
      return fields.map((f) => (f === 0xffffffff ? take() : f)) as [number, number, number];
    }
    e += 4 + length;
  }
  throw missing();
}
