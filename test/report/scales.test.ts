import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rows } from '../../src/report/axes.js';
import { binaryStep, linear, logarithmic, needsLog, spread, window } from '../../src/report/scales.js';

describe('scales', () => {
  it('steps by 1, 2 and 5, and by powers of two for bytes', () => {
    expect(linear(47, [0, 100]).ticks).toEqual([0, 10, 20, 30, 40, 50]);
    expect(linear(2.35, [0, 100]).ticks).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(linear(60_000, [0, 100], 4, binaryStep).ticks.map((t) => t / 1024)).toEqual([0, 16, 32, 48, 64]);
    expect(linear(0, [0, 100]).at(0)).toBe(0);
  });

  it('ends at a tick, or close behind the largest value', () => {
    expect(linear(47, [0, 100]).at(50)).toBe(100);
    expect(linear(100, [0, 104], 2, undefined, true).at(100)).toBeCloseTo(100);
  });

  it('is logarithmic above a ratio of 30, of positive values only', () => {
    expect([needsLog([1, 30]), needsLog([1, 31]), needsLog([0, 31])]).toEqual([false, true, false]);
    const scale = logarithmic([0.0716, 9080], [0, 100]);
    expect(scale.ticks).toEqual([0.1, 1, 10, 100, 1000, 10_000].map((t) => expect.closeTo(t)));
    expect(scale.at(0.05)).toBeCloseTo(0);
    expect(scale.at(10_000)).toBeCloseTo(100);
    expect(logarithmic([12, 480], [0, 1]).ticks).toEqual([10, 20, 50, 100, 200, 500]);
  });

  it('looks closely at shares that lie together', () => {
    const scale = window([0.871, 0.917], [0, 100]);
    expect(scale.ticks[0]).toBeLessThan(0.871);
    expect(scale.ticks[scale.ticks.length - 1]).toBeGreaterThan(0.917);
    expect(window([0.9], [0, 100]).at(0.9)).toBeGreaterThan(0);
  });

  it('keep what they map inside the range and in order', () => {
    const positive = fc.array(fc.double({ min: 1e-4, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(positive, (values) => {
        for (const scale of [linear(Math.max(...values), [0, 300]), logarithmic(values, [0, 300])]) {
          const at = values.toSorted((a, b) => a - b).map(scale.at);
          expect(at.every((x, i) => x >= -0.1 && x <= 300.1 && (i === 0 || x >= at[i - 1]))).toBe(true);
          expect(scale.ticks.length).toBeGreaterThan(0);
          expect(scale.ticks.length).toBeLessThan(20);
        }
      }),
    );
  });
});

describe('labels', () => {
  it('stand apart, in order, near where they belong', () => {
    expect(spread([50, 10, 51], 13, [0, 100])).toEqual([50, 10, 63]);
    expect(spread([98, 99], 13, [0, 100])).toEqual([87, 100]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 390 }), { maxLength: 31 }), (wished) => {
        const placed = spread(wished, 13, [0, 390]).toSorted((a, b) => a - b);
        expect(placed.every((y, i) => y >= 0 && y <= 390 && (i === 0 || y - placed[i - 1] >= 13))).toBe(true);
      }),
    );
  });

  it('take another row where they would touch, and stay inside', () => {
    const placed = rows(
      [
        { x: 0, width: 40 },
        { x: 30, width: 40 },
        { x: 100, width: 40 },
      ],
      [0, 110],
    );
    expect(placed).toEqual([
      { row: 0, x: 20 },
      { row: 1, x: 30 },
      { row: 0, x: 90 },
    ]);
  });
});
