import { createHash } from 'node:crypto';

/** A part of a file whose borders depend on its content alone: after an insertion the later parts are the same again. */
export interface Chunk {
  readonly bytes: number;
  /** The first 32 hexadecimal digits of its SHA-256: the file as a whole is checked by all of them. */
  readonly hash: string;
}

/** Files below this are sent whole. */
export const leastChunked = 1 << 20;

const [least, most] = [16 << 10, 256 << 10];
/** A border where these 16 bits of the hash are zero: one in 65,536 bytes. The upper bits, which depend on the last 32 bytes or so. */
const mask = 0xffff0000;

/**
 * Cuts content into chunks of about 80 kB with a gear hash (Xia et al., "FastCDC", USENIX ATC 2016, without its normalisation).
 * Feed it with `update`; `end` gives the last chunk.
 */
export class Chunker {
  readonly chunks: Chunk[] = [];
  #hash = createHash('sha256');
  #bytes = 0;
  #gear = 0;

  update(data: Uint8Array): void {
    let from = 0;
    let [gear, bytes] = [this.#gear, this.#bytes];
    for (let i = 0; i < data.length; i++) {
      gear = ((gear << 1) + gears[data[i]]) | 0;
      bytes++;
      if ((bytes >= least && (gear & mask) === 0) || bytes === most) {
        this.#hash.update(data.subarray(from, i + 1));
        this.#cut(bytes);
        from = i + 1;
        [gear, bytes] = [0, 0];
      }
    }
    this.#hash.update(data.subarray(from));
    [this.#gear, this.#bytes] = [gear, bytes];
  }

  end(): Chunk[] {
    if (this.#bytes > 0) this.#cut(this.#bytes);
    return this.chunks;
  }

  #cut(bytes: number): void {
    this.chunks.push({ bytes, hash: this.#hash.digest('hex').slice(0, 32) });
    this.#hash = createHash('sha256');
    this.#bytes = 0;
    this.#gear = 0;
  }
}

/** A random number for each byte, the same for ever: every bundle has to be cut alike. */
const gears = Int32Array.from({ length: 256 }, (_, i) => createHash('sha256').update(`edgeml gear ${i}`).digest().readInt32LE(0));

/** Text of a CHUNKS file: a line `file PATH` for each file, then `BYTES HASH` for each of its chunks. */
export const chunksText = (files: ReadonlyMap<string, readonly Chunk[]>): string =>
  [...files].map(([path, chunks]) => `file ${path}\n${chunks.map((c) => `${c.bytes} ${c.hash}\n`).join('')}`).join('');

/** Reads what {@link chunksText} wrote; lines that are none are passed over: chunks only save work. */
export function parseChunks(text: string): Map<string, Chunk[]> {
  const files = new Map<string, Chunk[]>();
  let chunks: Chunk[] = [];
  for (const line of text.split('\n')) {
    const [, path] = /^file (.+)$/.exec(line) ?? [];
    if (path !== undefined) {
      chunks = [];
      files.set(path, chunks);
      continue;
    }
    const [, bytes, hash] = /^(\d+) ([0-9a-f]{32})$/.exec(line) ?? [];
    if (hash !== undefined) chunks.push({ bytes: Number(bytes), hash });
  }
  return files;
}
