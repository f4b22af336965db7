/** Fractions of the square roots of the first 8 primes (RFC 7693, 2.6). */
const initial = [
  ...[0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n],
  ...[0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n],
];

/** The order in which each round takes the words of a block (RFC 7693, 2.7); rounds 10 and 11 are 0 and 1 again. */
const orders = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/** Columns and diagonals of the state (RFC 7693, 3.2). */
const quarters = [
  ...[[0, 4, 8, 12] as const, [1, 5, 9, 13] as const, [2, 6, 10, 14] as const, [3, 7, 11, 15] as const],
  ...[[0, 5, 10, 15] as const, [1, 6, 11, 12] as const, [2, 7, 8, 13] as const, [3, 4, 9, 14] as const],
];

const word = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotate = (x: bigint, n: bigint): bigint => (x >> n) | word(x << (64n - n));

/**
 * BLAKE2b with a digest of `length` bytes and no key. OpenSSL has the one of 64 bytes only, and a shorter one is no part of it:
 * the length goes into the hash. For short messages: it is not fast.
 */
export function blake2b(message: Uint8Array, length: number): Buffer {
  const state = [...initial];
  state[0] ^= 0x01010000n ^ BigInt(length);
  const blocks = Math.max(1, Math.ceil(message.length / 128));
  const padded = Buffer.alloc(blocks * 128);
  padded.set(message);
  for (let i = 0; i < blocks; i++) {
    const last = i === blocks - 1;
    compress(state, padded.subarray(i * 128), last ? message.length : (i + 1) * 128, last);
  }
  const digest = Buffer.alloc(64);
  for (const [i, x] of state.entries()) digest.writeBigUInt64LE(x, i * 8);
  return digest.subarray(0, length);
}

function compress(state: bigint[], block: Buffer, end: number, last: boolean): void {
  const words = Array.from({ length: 16 }, (_, i) => block.readBigUInt64LE(i * 8));
  const v = [...state, ...initial];
  v[12] ^= BigInt(end);
  if (last) v[14] = word(~v[14]);
  for (let round = 0; round < 12; round++) {
    const order = orders[round % 10];
    for (const [i, [a, b, c, d]] of quarters.entries()) {
      v[a] = word(v[a] + v[b] + words[order[2 * i]]);
      v[d] = rotate(v[d] ^ v[a], 32n);
      v[c] = word(v[c] + v[d]);
      v[b] = rotate(v[b] ^ v[c], 24n);
      v[a] = word(v[a] + v[b] + words[order[2 * i + 1]]);
      v[d] = rotate(v[d] ^ v[a], 16n);
      v[c] = word(v[c] + v[d]);
      v[b] = rotate(v[b] ^ v[c], 63n);
    }
  }
  for (let i = 0; i < 8; i++) state[i] ^= v[i] ^ v[i + 8];
}
