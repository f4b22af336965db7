import { createHash } from 'node:crypto';
import { ModelError } from '../errors.js';

/** A line of a SHA256SUMS file. */
export interface Sum {
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Text that `sha256sum -c` reads, sorted by path so that the same files give the same text. */
export const sumsText = (sums: readonly Sum[]): string =>
  [...sums]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('');

/** Reads what {@link sumsText} wrote. Throws ModelError naming `where` and the line. */
export function parseSums(text: string, where: string): Sum[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new ModelError(`${where} ends in the middle of a line. It was cut off; copy or make it again.`);
  return lines.map((line, i) => {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!match) throw new ModelError(`${where} line ${i + 1} is no line of SHA256SUMS: ${JSON.stringify(line.slice(0, 80))}.`);
    return { sha256: match[1], path: match[2] };
  });
}
