import { readFileSync } from 'node:fs';

const folder = new URL('./kernels/', import.meta.url);

/**
 * The kernel headers of these names and those that they include, by file name. They stand as they are written:
 * real C, compiled and tested alone.
 */
export function kernelHeaders(names: Iterable<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const queue = [...names].map((n) => `${n}.h`);
  for (const file of queue) {
    if (found.has(file)) continue;
    const text = readFileSync(new URL(file, folder), 'utf8');
    found.set(file, text);
    for (const [, included] of text.matchAll(/^\s*#\s*include "([^"]+)"/gm)) queue.push(included);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
