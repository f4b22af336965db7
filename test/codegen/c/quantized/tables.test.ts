import { describe, expect, it } from 'vitest';
import { cpuNamed } from '../../../../src/codegen/boards/cpus.js';
import { inverseSqrt, logistic, requantize, roundingDivide, tanh } from '../../../../src/codegen/c/lower/activations/fixed-point.js';
import { int8Table } from '../../../../src/codegen/c/lower/activations/int8.js';
import { int16Table, sigmoidTable } from '../../../../src/codegen/c/lower/activations/int16.js';
import { lowerNode } from '../../../../src/codegen/c/lower/index.js';
import { meanMultiplier } from '../../../../src/codegen/c/lower/quantized/reductions.js';
import { linearTaps, nearestIndices } from '../../../../src/codegen/c/lower/quantized/resize.js';
import { NoKernel, type Target } from '../../../../src/codegen/c/program.js';
import { quantizeMultiplier } from '../../../../src/codegen/c/requantize.js';
import type { Node, Value } from '../../../../src/ir/graph.js';
import type { DType } from '../../../../src/ir/types.js';

const value = (name: string, dtype: DType, shape: readonly number[], scale: number, zeroPoint: number): Value => ({
  name,
  dtype,
  shape,
  quant: { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint) },
});

const node = (op: string, inputs: readonly Value[], output: Value, attrs: Node['attrs'] = {}): Node => ({
  ...{ name: 'n', op, inputs, outputs: [output], attrs },
});

/** The table of a function of int8, as a function of the integer. */
function lookup(op: string, from: readonly [number, number], to: readonly [number, number], attrs: Node['attrs'] = {}) {
  const table = int8Table(node(op, [value('x', 'int8', [4], ...from)], value('y', 'int8', [4], ...to), attrs), 'double');
  return (q: number) => table[q & 0xff];
}

const all = Array.from({ length: 256 }, (_, i) => i - 128);

describe('fixed point', () => {
  it('rounds halves away from zero where it divides', () => {
    expect([5, -5, 6, -6, 7, -7].map((x) => roundingDivide(x, 2))).toEqual([1, -1, 2, -2, 2, -2]);
    expect(roundingDivide(-3, 0)).toBe(-3);
  });

  it('requantizes twice or once', () => {
    // 3 · 0.5 · 0.5 = 0.75: the high half of the doubled product is 2 (1.5 to nearest), and half of that is 1.
    expect(requantize(3, { multiplier: 2 ** 30, shift: -1 }, 'double')).toBe(1);
    // 5 · 0.25 = 1.25: rounded to 3 first, that is 1.5 and rounds to 2; at once it is 1.
    expect(requantize(5, { multiplier: 2 ** 30, shift: -1 }, 'double')).toBe(2);
    expect(requantize(5, { multiplier: 2 ** 30, shift: -1 }, 'single')).toBe(1);
  });

  it.each([-9, -2.5, -0.3, 0, 0.01, 1, 3, 14])('approximates sigmoid and tanh at %d', (x) => {
    const q = Math.round(x * 2 ** 27);
    expect(logistic(q, 4) / 2 ** 31).toBeCloseTo(1 / (1 + Math.exp(-x)), 5);
    expect(tanh(q, 4) / 2 ** 31).toBeCloseTo(Math.tanh(x), 5);
  });

  it.each([2, 3, 100, 65_025, 2 ** 27, 2 ** 30, 2 ** 31 - 1])('takes the root of %d', (x) => {
    const { multiplier, shift } = inverseSqrt(x);
    expect((multiplier / 2 ** 31) * 2 ** shift * Math.sqrt(x)).toBeCloseTo(1, 5);
  });

  it('counts 0 as 1 under a root', () => {
    expect(inverseSqrt(0)).toEqual(inverseSqrt(1));
  });

  it('divides the number of elements into a multiplier without losing bits', () => {
    for (const n of [1, 2, 3, 49, 144, 1000]) {
      const { multiplier, shift } = meanMultiplier(quantizeMultiplier(0.37), n);
      expect((multiplier / 2 ** 31) * 2 ** shift * n).toBeCloseTo(0.37, 7);
    }
  });
});

describe('tables of int8', () => {
  it.each([0.01, 0.05, 0.2])('hold sigmoid and tanh to within a step, inputs in steps of %d', (scale) => {
    const sigmoid = lookup('Sigmoid', [scale, 3], [1 / 256, -128]);
    const hyperbolic = lookup('Tanh', [scale, 3], [1 / 128, 0]);
    for (const q of all) {
      const x = (q - 3) * scale;
      expect(Math.abs(sigmoid(q) - Math.min(127, 256 / (1 + Math.exp(-x)) - 128))).toBeLessThanOrEqual(1);
      expect(Math.abs(hyperbolic(q) - Math.min(127, 128 * Math.tanh(x)))).toBeLessThanOrEqual(1);
    }
  });

  it('hold hard swish to within a step', () => {
    const swish = lookup('HardSwish', [0.05, -10], [0.028, -115]);
    for (const q of all) {
      const x = (q + 10) * 0.05;
      const y = (x * Math.min(6, Math.max(0, x + 3))) / 6;
      expect(Math.abs(swish(q) - Math.min(127, Math.max(-128, y / 0.028 - 115)))).toBeLessThanOrEqual(1.5);
    }
  });

  it('bring relu6 to the output grid between its bounds', () => {
    const relu6 = lookup('Clip', [0.1, 0], [0.05, -60], { min: 0, max: 6 });
    expect([-50, 0, 10, 59, 60, 61, 127].map(relu6)).toEqual([-60, -60, -40, 58, 60, 60, 60]);
  });

  it('hold leaky relu with slopes above 1 and below 0', () => {
    expect([-10, 10].map(lookup('LeakyRelu', [0.1, 0], [0.1, 0], { alpha: 2 }))).toEqual([-20, 10]);
    expect([-10, 10].map(lookup('LeakyRelu', [0.1, 0], [0.1, 0], { alpha: -0.5 }))).toEqual([5, 10]);
  });

  it('take |x| around the zero point', () => {
    expect([-128, 0, 5, 10, 127].map(lookup('Abs', [0.1, 5], [0.1, -128]))).toEqual([5, -123, -128, -123, -6]);
  });

  it('give the largest number for the root of 0 and the lowest for its logarithm', () => {
    expect(lookup('Rsqrt', [0.1, -128], [0.02, -128])(-128)).toBe(127);
    expect(lookup('Log', [0.1, -128], [0.02, 0])(-128)).toBe(-128);
  });
});

describe('tables of int16', () => {
  it("are TensorFlow Lite's of the sigmoid", () => {
    // The first and last numbers of sigmoid_table_uint16 in its kernels/internal/common.h.
    expect([...sigmoidTable.slice(0, 12)]).toEqual([32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149]);
    expect([...sigmoidTable.slice(-3)]).toEqual([65534, 65534, 65535]);
  });

  it('follow a function between its samples', () => {
    const x = value('x', 'int16', [4], 4 / 32768, 0);
    const table = int16Table(node('Exp', [x], value('y', 'int16', [4], 55 / 32768, 0))) as Int16Array;
    expect(table.length).toBe(513);
    // TensorFlow Lite's 512 steps are a step of the input short at the upper end, where this function climbs by 4 a step.
    for (let i = 0; i < 512; i++) {
      const middle = (table[i] + table[i + 1]) / 2;
      expect(Math.abs(middle - (Math.exp(((i - 255.5) * 128 * 4) / 32768) * 32768) / 55)).toBeLessThan(5);
    }
  });
});

describe('resizing', () => {
  it('takes the nearest element as TensorFlow Lite counts', () => {
    const plain = { align_corners: false, half_pixel_centers: false };
    expect([...nearestIndices(3, 6, plain)]).toEqual([0, 0, 1, 1, 2, 2]);
    expect([...nearestIndices(5, 3, { align_corners: false, half_pixel_centers: true })]).toEqual([0, 2, 4]);
    expect([...nearestIndices(4, 3, { align_corners: true, half_pixel_centers: false })]).toEqual([0, 2, 3]);
  });

  it('weighs beyond the border so that nothing is lost', () => {
    const taps = linearTaps(2, 4, { align_corners: false, half_pixel_centers: true });
    expect(taps).toEqual([
      { first: 0, second: 0, part: -256 },
      { first: 0, second: 1, part: 256 },
      { first: 0, second: 1, part: 768 },
      { first: 1, second: 1, part: 256 },
    ]);
  });
});

describe('what no kernel takes', () => {
  const target: Target = { cpu: cpuNamed('portable') as Target['cpu'], rounding: 'double' };
  const x = value('x', 'int8', [2, 4], 0.1, 0);
  const other = value('other', 'int8', [2, 4], 0.2, 0);
  const perChannel: Value = { ...x, quant: { scale: Float32Array.of(0.1, 0.2), zeroPoint: new Int32Array(2), axis: 0 } };
  it.each<readonly [string, Node, RegExp]>([
    ['plain integers', node('Tanh', [{ ...x, quant: undefined }], x), /'x' as plain int8/],
    ['activations per channel', node('Relu', [perChannel], x), /'x' quantized per channel/],
    ['a maximum of two grids', node('Maximum', [x, other], x), /different scales/],
    ['resizing to another grid', node('Resize', [x], other, { sizes: [2, 4], scales: [], mode: 'nearest' }), /different scales/],
    ['sigmoid with another output', node('Sigmoid', [x], x), /zero point is not -128/],
    ['unit vectors on another grid', node('L2Normalization', [x], x, { axis: 1, epsilon: 1e-6 }), /not 1\/128/],
    ['unit vectors along an inner axis', node('L2Normalization', [x], value('y', 'int8', [2, 4], 1 / 128, 0), { axis: 0 }), /not the last/],
    ['int16 sigmoid off zero', node('Sigmoid', [value('x', 'int16', [4], 0.1, 5)], value('y', 'int16', [4], 1 / 32768, 0)), /not 0/],
    ['scales 2^40 apart', node('Relu', [value('x', 'int8', [4], 2 ** 40, 0)], value('y', 'int8', [4], 1, 0)), /2\^41 apart/],
    [
      'folds beyond 32 bits',
      node('ReduceSum', [value('x', 'int16', [70_000], 1, 0)], value('y', 'int16', [], 1, 0), { axes: [0] }),
      /70000/,
    ],
  ])('%s', (_, n, reason) => {
    expect(() => lowerNode(n, target)).toThrow(NoKernel);
    expect(() => lowerNode(n, target)).toThrow(reason);
  });
});
