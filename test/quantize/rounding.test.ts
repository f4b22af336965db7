import { describe, expect, it } from 'vitest';
import { CovarianceEngine, Rows, smallCovariance } from '../../src/quantize/improve/gram.js';
import { factor, rescaleFactor, roundRows } from '../../src/quantize/improve/rounding.js';

const n = 12;
const vector = (seed: number): Float64Array => {
  const common = Math.sin(seed * 12.9898) * 3;
  return Float64Array.from({ length: n }, (_, i) => common * (i % 3) + Math.sin(seed * 78.233 + i * 4.1) + 0.5);
};

describe('adaptive rounding', () => {
  it('brings the output closer than rounding each weight to nearest, on inputs it has not seen', () => {
    const seen = new Rows(n, 400);
    for (let s = 0; s < 400; s++) seen.add(vector(s));
    const mean = seen.mean();
    const rows = Float64Array.from({ length: n * 20 }, (_, i) => Math.sin(i * 3.7) * 20);
    const adaptive = rows.slice();
    roundRows(adaptive, n, factor(smallCovariance(seen, mean), n));
    const nearest = rows.map((x) => Math.round(x));
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
    expect(factor(new Float64Array(9), 3)).toBeUndefined();
    roundRows(rows, 3, undefined);
    expect([...rows]).toEqual([0, -2, 127]);
  });
});

describe('the factor of scaled inputs', () => {
  it('rounds as that of inputs which were scaled before', () => {
    const scales = Float64Array.from({ length: n }, (_, i) => 1 / (1 + (i % 4)));
    const seen = new Rows(n, 400);
    for (let s = 0; s < 400; s++) seen.add(vector(s));
    const covariance = smallCovariance(seen, seen.mean());
    const plain = factor(covariance, n);
    if (!plain) throw new Error('the inputs vary');
    const { u, order } = rescaleFactor(plain, scales);
    // H'⁻¹ = D⁻¹ H⁻¹ D⁻¹ element by element, both as UᵀU.
    const product = (m: Float32Array, i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += m[k * n + i] * m[k * n + j];
      return sum;
    };
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) expect(product(u, i, j)).toBeCloseTo(product(plain.u, i, j) * scales[order[i]] * scales[order[j]], 3);
    }
  });
});

describe('second moments', () => {
  const rows = (): Rows => {
    const r = new Rows(2, 4);
    for (const x of [
      [1, 2],
      [3, 2],
      [2, 5],
    ])
      r.add(Float64Array.from(x));
    return r;
  };

  it('give mean and covariance', () => {
    const r = rows();
    expect([...r.mean()]).toEqual([2, 3]);
    const c = smallCovariance(r, r.mean());
    expect(c[0]).toBeCloseTo(2 / 3, 12);
    expect(c[1]).toBeCloseTo(0, 12);
    expect(c[3]).toBeCloseTo(2, 12);
  });

  it('are the same by the float runtime', async () => {
    const engine = new CovarianceEngine();
    const c = await engine.covariance(rows(), rows().mean());
    await engine.close();
    for (const [i, want] of [2 / 3, 0, 0, 2].entries()) expect(c[i]).toBeCloseTo(want, 5);
  });

  it('keep no more rows than they have room for', () => {
    const r = new Rows(1, 2);
    expect([1, 2, 3].map((x) => r.add(Float64Array.of(x)))).toEqual([true, true, false]);
    expect([...r.mean()]).toEqual([1.5]);
  });
});
