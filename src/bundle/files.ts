import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../errors.js';
import { whyUnreadable } from '../fs/unreadable.js';
import { type Chunk, Chunker, leastChunked } from './chunks.js';

/** A file to put into a bundle. */
export interface Given {
  readonly path: string;
  /** Its path in the bundle. */
  readonly as: string;
  /** Models are never programs, whatever a file system says. */
  readonly model?: boolean;
}

/** A file of this machine as it was when it was hashed. */
export interface LocalFile extends Given {
  readonly bytes: number;
  readonly sha256: string;
  readonly executable: boolean;
  /** Its first bytes, at most 64. */
  readonly head: Uint8Array;
  /** Empty for a file that is sent whole. */
  readonly chunks: readonly Chunk[];
}

const unreadable = (path: string, error: unknown): ModelError =>
  new ModelError(`Cannot read ${path}: ${whyUnreadable(error) ?? (error as Error).message}.`, { cause: error });

/** The files below a folder, in the order of their names; a file stands for itself. Links and devices in a folder are refused. */
export async function expandFolder(path: string, as: string): Promise<Given[]> {
  const info = await stat(path).catch((e) => {
    throw unreadable(path, e);
  });
  if (info.isFile()) return [{ path, as }];
  if (!info.isDirectory()) throw new ModelError(`${path} is neither a file nor a folder. Give something that can be copied.`);
  const entries = await readdir(path, { withFileTypes: true });
  const found: Given[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = join(path, entry.name);
    if (entry.isDirectory() || entry.isFile()) found.push(...(await expandFolder(inside, `${as}/${entry.name}`)));
    else throw new ModelError(`${inside} is no plain file (a link, a device, a socket). Put what it stands for in its place.`);
  }
  return found;
}

/** Reads a file once: size, digest, chunks. Throws ModelError where it cannot be read. */
export async function measure({ path, as, model }: Given): Promise<LocalFile> {
  const whole = createHash('sha256');
  const chunker = new Chunker();
  let head: Uint8Array | undefined;
  let bytes = 0;
  try {
    const { mode, size } = await stat(path);
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      head ??= part.subarray(0, 64);
      bytes += part.length;
      whole.update(part);
      if (size >= leastChunked) chunker.update(part);
    }
    const executable = !model && (mode & 0o111) !== 0;
    return { path, as, bytes, sha256: whole.digest('hex'), executable, head: head ?? new Uint8Array(), chunks: chunker.end() };
  } catch (error) {
    throw unreadable(path, error);
  }
}
