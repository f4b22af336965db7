import { describe, expect, it } from 'vitest';
import { Gram } from '../../src/quantize/improve/gram.js';
import { roundRows } from '../../src/quantize/improve/rounding.js';

const n = 12;
const vector = (seed: number): Float64Array => {
  const common = Math.sin(seed * 12.9898) * 3;
  return Float64Array.from({ length: n }, (_, i) => common * (i % 3) + Math.sin(seed * 78.233 + i * 4.1) + 0.5);
};

describe('adaptive rounding', () => {
  it('brings the output closer than rounding each weight to nearest, on inputs it has not seen', () => {
    const gram = new Gram(n, true);
    for (let s = 0; s < 400; s++) gram.add(vector(s));
    const rows = Float64Array.from({ length: n * 20 }, (_, i) => Math.sin(i * 3.7) * 20);
    const adaptive = rows.slice();
    roundRows(adaptive, n, gram.covariance());
    const nearest = rows.map((x) => Math.round(x));
    const mean = gram.mean();
    const error = (q: Float64Array): number => {
      let sum = 0;
      for (let s = 1000; s < 1200; s++) {
        const x = vector(s);
        for (let r = 0; r < rows.length; r += n) {
          let d = 0;
          for (let i = 0; i < n; i++) d += (q[r + i] - rows[r + i]) * (x[i] - mean[i]);
          sum += d * d;
        }
      }
      return sum;
    };
    expect([...adaptive].every((q) => Number.isInteger(q) && Math.abs(q) <= 127)).toBe(true);
    expect(error(adaptive)).toBeLessThan(0.6 * error(nearest));
  });

  it('rounds to nearest where the inputs never vary', () => {
    const rows = Float64Array.of(0.4, -1.6, 200);
    roundRows(rows, 3, new Float64Array(9));
    expect([...rows]).toEqual([0, -2, 127]);
  });
});

describe('second moments', () => {
  it('give mean and covariance', () => {
    const gram = new Gram(2, true);
    for (const x of [[1, 2], [3, 2], [2, 5]]) gram.add(Float64Array.from(x));
    expect([...gram.mean()]).toEqual([2, 3]);
    const c = gram.covariance();
    expect(c[0]).toBeCloseTo(2 / 3, 12);
    expect(c[1]).toBeCloseTo(0, 12);
    expect(c[3]).toBeCloseTo(2, 12);
  });
});
