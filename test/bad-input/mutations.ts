import { Random } from '../../src/data/random.js';

/** A file that is not what it should be, and how it came to be so. */
export interface Mutation {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The file cut off at the beginning, at the end, and at places in between. */
export function* truncations(bytes: Uint8Array, count: number, seed: number): Generator<Mutation> {
  const random = new Random(seed);
  const lengths = [0, 1, 4, 8, 16, 64, bytes.length - 1, bytes.length - 8];
  while (lengths.length < count) lengths.push(random.below(bytes.length));
  for (const length of lengths) yield { name: `truncated to ${length} bytes`, bytes: bytes.subarray(0, length) };
}

/**
 * The file with one to four bytes replaced. Half of the changes fall into the first and last 8 kB, where formats keep
 * their structure; anywhere else they mostly hit weights.
 */
export function* byteFlips(bytes: Uint8Array, count: number, seed: number): Generator<Mutation> {
  const random = new Random(seed);
  const edge = Math.min(8192, bytes.length);
  const place = (): number => {
    const kind = random.below(4);
    if (kind === 0) return random.below(edge);
    if (kind === 1) return bytes.length - 1 - random.below(edge);
    return random.below(bytes.length);
  };
  for (let i = 0; i < count; i++) {
    const copy = bytes.slice();
    const places = Array.from({ length: 1 + random.below(4) }, place);
    for (const at of places) copy[at] ^= 1 + random.below(255);
    yield { name: `bytes ${places.join(', ')} changed (${i})`, bytes: copy };
  }
}
