import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ModelError } from '../errors.js';
import type { LocalFile } from './files.js';
import { paddingOf, tarEnd, tarHeader } from './tar.js';

/** A file of the archive: from memory, or from this machine. */
export type Part =
  | { readonly path: string; readonly bytes: Uint8Array; readonly file?: undefined }
  | { readonly path: string; readonly file: LocalFile; readonly bytes?: undefined };

/** The bytes of a bundle, read as they are written. Throws ModelError for a file that is no longer what it was when it was hashed. */
export async function* archive(parts: readonly Part[], count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const bytes of pieces(parts)) {
    count(bytes.length);
    yield bytes;
  }
}

async function* pieces(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    const size = part.file ? part.file.bytes : part.bytes.length;
    yield tarHeader(part.path, size, part.file?.executable ?? false);
    if (part.file) yield* unchanged(part.file);
    else yield part.bytes;
    yield new Uint8Array(paddingOf(size));
  }
  yield tarEnd;
}

async function* unchanged({ path, bytes, sha256 }: LocalFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(part);
    size += part.length;
    if (size > bytes) break;
    yield part;
  }
  if (size !== bytes || hash.digest('hex') !== sha256) {
    throw new ModelError(`${path} changed while it was put into the bundle. Wait until it is written, then try again.`);
  }
}
