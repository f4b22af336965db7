import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRange } from '../../src/quantize/ranges.js';
import { Statistics } from '../../src/quantize/statistics.js';

const sum = (h: Float64Array): number => h.reduce((a, b) => a + b, 0);

describe('statistics of a tensor', () => {
  it('hold the extremes and every small tensor in the histogram, however the range grows', () => {
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (batches) => {
        const s = new Statistics();
        for (const b of batches) expect(s.add(Float32Array.from(b))).toBe(-1);
        const all = batches.flat().map(Math.fround);
        expect(s.min).toBe(Math.min(...all));
        expect(s.max).toBe(Math.max(...all));
        expect(s.binned).toBe(all.length);
        expect(sum(s.histogram)).toBe(all.length);
      }),
    );
  });

  it('name the first value that is not finite and do not take it in', () => {
    const s = new Statistics();
    expect(s.add(Float32Array.of(1, 2, 3))).toBe(-1);
    expect(s.add(Float32Array.of(9, Number.NaN, 4))).toBe(1);
    expect(s.add(Float32Array.of(0, 1, Number.NEGATIVE_INFINITY))).toBe(2);
    expect([s.min, s.max]).toEqual([1, 3]);
  });

  it('keep the place of values when the limit doubles', () => {
    const s = new Statistics();
    s.add(Float32Array.of(0.5, -0.5));
    s.add(Float32Array.of(64));
    const filled = [...s.histogram.entries()].filter(([, n]) => n > 0).map(([i]) => s.binRange(i));
    for (const v of [0.5, -0.5, 64]) expect(filled.some((r) => r.min <= v && v <= r.max)).toBe(true);
  });
});

describe('range methods', () => {
  /** A bell of 100 000 values with one outlier a hundred times as far out. */
  const bell = (): Statistics => {
    const s = new Statistics();
    for (let k = 0; k < 100; k++) {
      s.add(
        Float32Array.from(
          { length: 1000 },
          (_, i) => [0.37, 0.71, 0.13, 0.57].reduce((a, f, j) => a + Math.sin((k * 1000 + i) * f * (j + 1.3)), 0) / 4,
        ),
      );
    }
    s.add(Float32Array.of(100));
    return s;
  };

  it('min-max keeps the outlier, percentile and MSE do not', () => {
    const s = bell();
    expect(chooseRange(s, 'minmax').max).toBe(100);
    expect(chooseRange(s, 'percentile').max).toBeLessThan(2);
    // Rounding costs 1e5 · (c / 255)² / 12, clipping (100 - c)²: least at c = 88.6; 88 is the nearest that is tried.
    expect(chooseRange(s, 'mse').max).toBeCloseTo(88, 5);
  });

  it('never leave what was seen', () => {
    const s = bell();
    for (const method of ['minmax', 'percentile', 'mse', 'kl'] as const) {
      const r = chooseRange(s, method);
      expect(r.min).toBeGreaterThanOrEqual(s.min);
      expect(r.max).toBeLessThanOrEqual(s.max);
      expect(r.min).toBeLessThan(r.max);
    }
  });

  it('give the full range to values that are spread evenly', () => {
    const s = new Statistics();
    s.add(Float32Array.from({ length: 10000 }, (_, i) => i / 5000 - 1));
    const r = chooseRange(s, 'mse');
    expect(r.min).toBe(-1);
    expect(r.max).toBeCloseTo(0.9998, 3);
  });
});
