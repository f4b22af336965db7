import { open } from 'node:fs/promises';
import { ModelError } from '../errors.js';
import { whyUnreadable } from '../fs/unreadable.js';

const size = 1 << 20;

/**
 * The bytes of a file from `start` on, up to `end` where that is given. While one chunk is used the next is read; a chunk is no longer valid when the next is
 * asked for: for a file of gigabytes, collecting its chunks as garbage would take as long as to encrypt them.
 * Throws ModelError where the file cannot be read.
 */
export async function* fileChunks(path: string, start: number, end = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  const fail = (e: Error): never => {
    throw new ModelError(`Cannot read ${path}: ${whyUnreadable(e) ?? e.message}. Give another file.`, { cause: e });
  };
  const file = await open(path).catch(fail);
  const read = (buffer: Buffer, at: number): Promise<Uint8Array> =>
    file.read(buffer, 0, Math.max(0, Math.min(size, end - at)), at).then(({ bytesRead }) => buffer.subarray(0, bytesRead), fail);
  let [one, other] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
  let ahead = read(one, start);
  try {
    for (let at = start; ; ) {
      const chunk = await ahead;
      if (chunk.length === 0) return;
      at += chunk.length;
      [one, other] = [other, one];
      ahead = read(one, at);
      // It is waited for below, or not at all where nobody takes another chunk.
      ahead.catch(() => {});
      yield chunk;
    }
  } finally {
    await ahead.catch(() => {});
    await file.close();
  }
}
