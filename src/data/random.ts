/**
 * The random numbers of everything that chooses or invents samples: xoshiro128** (Blackman and Vigna, 2018) whose four words are
 * filled from one seed by splitmix32 (a Weyl sequence through the mixer of C. Wellons' hash-prospector). Only 32-bit integer arithmetic is used, so a seed gives the same numbers on every machine.
 */
export class Random {
  private readonly state = new Uint32Array(4);

  /** `seed` is taken modulo 2^32. */
  constructor(seed: number) {
    let z = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) >>> 0;
      let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
      this.state[i] = t ^ (t >>> 15);
    }
  }

  /** A uniform integer in [0, 2^32). */
  next(): number {
    const s = this.state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A uniform integer in [0, n), n at most 2^32; values that would favour small numbers are drawn again. */
  below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const v = this.next();
      if (v < limit) return v % n;
    }
  }

  /** A uniform number in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.next() / 2 ** 32;
  }

  /** Nearly normal, mean 0 and variance 1, within ±3.47: the sum of four uniforms, which rounds alike everywhere (a logarithm need not). */
  normal(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * Math.sqrt(3);
  }

  /** The numbers 0 … n-1 in random order (Fisher and Yates, from the end). */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
