import { createHash } from 'node:crypto';
import { ModelError } from '../../errors.js';
import { fileChunks } from '../../ssh/file-chunks.js';

/** Bytes of a file from an offset on. */
export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

/** Parts of a file on this machine, one after the other, as one thing to send. */
export class Ranges {
  readonly path: string;
  readonly parts: readonly Range[];
  readonly bytes: number;

  constructor(path: string, parts: readonly Range[]) {
    this.path = path;
    this.parts = parts;
    this.bytes = parts.reduce((sum, p) => sum + p.bytes, 0);
  }

  /**
   * The bytes from `start` to `end` (default: to the last). A chunk is no longer valid when the next is asked for.
   * Throws ModelError where the file has become shorter, or cannot be read.
   */
  async *read(start = 0, end = this.bytes): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (const { offset, bytes } of this.parts) {
      const [from, to] = [Math.max(start - at, 0), Math.min(end - at, bytes)];
      at += bytes;
      if (from >= to) continue;
      let left = to - from;
      for await (const chunk of fileChunks(this.path, offset + from, offset + to)) {
        left -= chunk.length;
        yield chunk;
      }
      if (left > 0) throw new ModelError(`${this.path} became shorter while it was sent. Make the bundle anew.`);
    }
  }

  /** SHA-256 of the bytes from `start` to `end`, in hexadecimal digits. */
  async hash(start: number, end: number): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of this.read(start, end)) hash.update(chunk);
    return hash.digest('hex');
  }
}
