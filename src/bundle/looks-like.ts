import { createReadStream } from 'node:fs';

/** Whether a file is a bundle by its bytes: a tar archive (POSIX.1-2017, ustar). One that cannot be read is none. */
export async function looksLikeBundle(path: string): Promise<boolean> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: 262 }) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // Whoever opens it next says what is wrong with it.
    return false;
  }
  return Buffer.concat(chunks).toString('latin1', 257, 262) === 'ustar';
}
