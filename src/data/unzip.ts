import { randomUUID } from 'node:crypto';
import { close, createReadStream, openSync, read, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, createInflateRaw } from 'node:zlib';
import { ModelError } from '../errors.js';
import { type ByteSource, fileBytes } from './files.js';
import type { ZipEntry } from './zip.js';

/** An entry's bytes, to be given back when they are no longer needed. */
export interface Unpacked extends ByteSource {
  close(): Promise<void>;
}

/** What fits is unpacked into memory; the rest goes to a temporary file, so that memory does not grow with the number of samples. */
const inMemory = 64 << 20;
const largest = 2 ** 33;

/** The bytes of an archive's entry: read in place where it is stored, unpacked once where it is deflated. Throws ModelError where they are damaged. */
export async function openEntry(path: string, entry: ZipEntry): Promise<Unpacked> {
  if (entry.method === 0) {
    const whole = fileBytes(path, entry.offset + entry.size);
    return { size: entry.size, read: (offset, length) => whole.read(entry.offset + offset, length), close: async () => {} };
  }
  // Deflate shrinks by 1032 at most (RFC 1951: 258 bytes in two bits).
  if (entry.size > entry.packedSize * 1032 + 64 || entry.size > largest)
    throw new ModelError(
      `${path}: '${entry.name}' is said to unpack from ${entry.packedSize} to ${entry.size} bytes, which is ${entry.size > largest ? 'more than 8 GiB: save it with np.savez, not compressed' : 'not possible: the file is damaged'}.`,
    );
  return entry.size <= inMemory ? unpackToMemory(path, entry) : unpackToFile(path, entry);
}

async function inflate(path: string, entry: ZipEntry, sink: (chunk: Buffer) => void): Promise<void> {
  const damaged = (why: string, cause?: unknown) =>
    new ModelError(`${path}: '${entry.name}' cannot be unpacked (${why}): the file is damaged.`, { cause });
  let size = 0;
  let crc = 0;
  const input = createReadStream(path, { start: entry.offset, end: entry.offset + entry.packedSize - 1 });
  const unpacked = input.on('error', (error) => unpacked.destroy(error)).pipe(createInflateRaw());
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > entry.size) throw damaged(`more than its ${entry.size} bytes come out`);
      crc = crc32(chunk, crc);
      sink(chunk);
    }
  } catch (error) {
    throw error instanceof ModelError ? error : damaged((error as Error).message, error);
  } finally {
    input.destroy();
  }
  if (size !== entry.size) throw damaged(`${size} of its ${entry.size} bytes come out`);
  if (crc !== entry.crc) throw damaged('its checksum is wrong');
}

async function unpackToMemory(path: string, entry: ZipEntry): Promise<Unpacked> {
  const all = Buffer.allocUnsafeSlow(entry.size);
  let filled = 0;
  await inflate(path, entry, (chunk) => {
    filled += chunk.copy(all, filled);
  });
  return {
    size: entry.size,
    read: async (offset, length) => {
      // A copy of its own buffer: what is read may be changed and has to be aligned.
      const out = Buffer.allocUnsafeSlow(length);
      all.copy(out, 0, offset, offset + length);
      return out;
    },
    close: async () => {},
  };
}

/** The file has no name any more once it is open, so that nothing of it is left behind however the process ends. */
async function unpackToFile(path: string, entry: ZipEntry): Promise<Unpacked> {
  let file = -1;
  const failed = (error: unknown) =>
    new ModelError(
      `${path}: '${entry.name}' unpacks to ${entry.size} bytes, which could not be written to ${tmpdir()} (${(error as Error).message}): make room there, or save it with np.savez, not compressed.`,
      { cause: error },
    );
  try {
    const name = join(tmpdir(), `edgeml-${randomUUID()}`);
    file = openSync(name, 'wx+', 0o600);
    unlinkSync(name);
  } catch (error) {
    throw failed(error);
  }
  try {
    await inflate(path, entry, (chunk) => {
      try {
        for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      } catch (error) {
        throw failed(error);
      }
    });
  } catch (error) {
    await promisify(close)(file);
    throw error;
  }
  let open = true;
  return {
    size: entry.size,
    async read(offset, length) {
      // The number of a closed file may stand for another one by now.
      if (!open) throw new ModelError(`${path} is read after its data set was closed.`);
      const out = Buffer.allocUnsafeSlow(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await promisify(read)(file, { buffer: out, offset: done, length: length - done, position: offset + done });
        if (bytesRead === 0) throw new ModelError(`${path}: '${entry.name}' ends early after unpacking.`);
        done += bytesRead;
      }
      return out;
    },
    async close() {
      if (!open) return;
      open = false;
      await promisify(close)(file);
    },
  };
}
