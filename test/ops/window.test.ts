import { describe, expect, it } from 'vitest';
import { paddingName, padsOf, samePadding, windowOutput } from '../../src/ops/families/window.js';
import { clampSlice } from '../../src/ops/slice.js';

describe('windows', () => {
  it('counts the places of a window', () => {
    expect(windowOutput(224, 3, 2, 1, 1, 1)).toBe(112);
    expect(windowOutput(7, 3, 1, 2, 0, 0)).toBe(3);
    // Ceil mode adds the window that hangs over the end, unless it would begin in the padding after the data.
    expect(windowOutput(6, 3, 2, 1, 0, 0, true)).toBe(3);
    expect(windowOutput(2, 3, 3, 1, 1, 1, true)).toBe(1);
    expect(() => windowOutput(2, 4, 1, 1, 0, 1)).toThrow(RangeError);
  });

  it("gives SAME's odd element to the end", () => {
    expect(samePadding(224, 3, 2, 1)).toEqual([0, 1]);
    expect(samePadding(225, 3, 2, 1)).toEqual([1, 1]);
    expect(samePadding(10, 3, 1, 2)).toEqual([2, 2]);
    expect(samePadding(4, 1, 2, 1)).toEqual([0, 0]);
    expect(padsOf('SAME', [224, 225], [3, 3], [2, 2], [1, 1])).toEqual([0, 1, 1, 1]);
    expect(padsOf('VALID', [224, 225], [3, 3], [2, 2], [1, 1])).toEqual([0, 0, 0, 0]);
  });

  it('names pads that are SAME or VALID for their input', () => {
    const named = (size: number, kernel: number, stride: number, pads: readonly number[], out?: number) =>
      paddingName([size, size], [kernel, kernel], [stride, stride], [1, 1], pads, out === undefined ? undefined : [out, out]);
    expect(named(8, 3, 1, [0, 0, 0, 0])).toBe('VALID');
    expect(named(8, 3, 1, [1, 1, 1, 1])).toBe('SAME');
    expect(named(8, 3, 2, [0, 0, 1, 1])).toBe('SAME');
    // PyTorch pads an even size on the other side.
    expect(named(8, 3, 2, [1, 1, 1, 1])).toBeUndefined();
    expect(named(9, 3, 2, [1, 1, 1, 1])).toBe('SAME');
    expect(named(8, 3, 1, [0, 0, 2, 2])).toBeUndefined();
    // Padding that no window reaches.
    expect(named(8, 2, 2, [0, 0, 1, 1])).toBe('VALID');
    // Ceil mode without pads: the last window hangs over, which is SAME.
    expect(named(7, 2, 2, [0, 0, 0, 0], 4)).toBe('SAME');
    expect(named(7, 2, 2, [0, 0, 0, 0], 3)).toBe('VALID');
  });
});

describe('slices', () => {
  // numpy: list(range(5))[start:end:step]
  it.each([
    [1, 3, 1, [1, 3]],
    [-2, 100, 1, [3, 5]],
    [-100, -1, 1, [0, 4]],
    [7, 9, 1, [5, 5]],
    [4, 0, -1, [4, 0]],
    [100, -100, -1, [4, -1]],
    [-1, -4, -2, [4, 1]],
  ])('clamps %i:%i:%i of 5', (start, end, step, clamped) => {
    expect(clampSlice(start, end, step, 5)).toEqual(clamped);
  });
});
