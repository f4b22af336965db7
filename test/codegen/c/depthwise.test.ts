import { expect, it } from 'vitest';
import { toNumbers } from '../../../src/ir/tensor.js';
import { windowOutput } from '../../../src/ops/families/window.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { activated, type Expectation, integers, layer, numbers, quantized, rescaled, scaleOf, wrong, zeroOf } from './integer-layers.js';

interface Form {
  readonly input: readonly [n: number, h: number, w: number, c: number];
  readonly multiplier: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly activation: 'none' | 'relu' | 'relu6' | 'relu_n1_to_1';
  /** Times what makes the outputs fill int8. */
  readonly gain: number;
}

/** A layer of that form with weights, scales and zero points of its own, and the answer by numerics.md's formulas. */
function depthwise(f: Form, seed: number, wide = false): Expectation {
  const next = numbers(seed);
  const [n, h, w, c] = f.input;
  const filters = c * f.multiplier;
  const type = wide ? 'int16' : 'int8';
  const zero = () => (wide ? 0 : next(256) - 128);
  const [oh, ow] = [0, 1].map((i) => windowOutput([h, w][i], f.kernel[i], f.strides[i], f.dilations[i], f.pads[i], f.pads[i + 2]));
  const x = quantized('x', type, f.input, 0.02 + next(50) / 1000, zero());
  const shape = [1, f.kernel[0], f.kernel[1], filters];
  const weights = quantized(
    'w',
    'int8',
    shape,
    Array.from({ length: filters }, () => 0.001 + next(1000) / 40_000),
    0,
    3,
  );
  const W = integers(weights, (k) => Math.max(1, next(k)));
  const reach = f.kernel[0] * f.kernel[1] * 40;
  const y = quantized('y', type, [n, oh, ow, filters], (scaleOf(x) * 0.01 * reach) / f.gain / (wide ? 3 : 1), zero());
  const bias = Array.from({ length: filters }, () => next(4000) - 2000);
  const b = {
    name: 'b',
    dtype: wide ? ('int64' as const) : ('int32' as const),
    shape: [filters],
    data: wide ? BigInt64Array.from(bias, BigInt) : Int32Array.from(bias),
  };
  const { strides, dilations, pads, activation } = f;
  const graph = layer('DepthwiseConv2D', [x, { ...weights, data: W.data }, b], y, { strides, dilations, pads, activation });
  const X = integers(x, next);
  const expected = (rounding: 'double' | 'single'): number[] => {
    const [xs, ws] = [toNumbers(X), toNumbers(W)];
    const out: number[] = [];
    for (let image = 0; image < n; image++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
          for (let k = 0; k < filters; k++) {
            let sum = bias[k];
            for (let ky = 0; ky < f.kernel[0]; ky++)
              for (let kx = 0; kx < f.kernel[1]; kx++) {
                const iy = oy * strides[0] - pads[0] + ky * dilations[0];
                const ix = ox * strides[1] - pads[1] + kx * dilations[1];
                if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
                const v = xs[((image * h + iy) * w + ix) * c + Math.floor(k / f.multiplier)];
                sum += (v - zeroOf(x)) * ws[(ky * f.kernel[1] + kx) * filters + k];
              }
            const real = (scaleOf(x) * scaleOf(weights, k)) / scaleOf(y);
            out.push(activated((wide ? wideRescaled(sum, real) : rescaled(sum, real, rounding)) + zeroOf(y), y, activation));
          }
    return out;
  };
  return { title: `${seed}: ${JSON.stringify(f)}`, graph, inputs: [X], expected };
}

/** A sum in 64 bits to int16: the multiplier has 15 bits, and there is one rounding. */
function wideRescaled(sum: number, real: number): number {
  let shift = 0;
  let q = real;
  for (; q >= 1; shift++) q /= 2;
  for (; q < 0.5; shift--) q *= 2;
  const m = Math.floor(q * 2 ** 31 + 0.5);
  const narrow = m < 0x7fff0000 ? (m + 0x8000) >> 16 : 0x7fff;
  return Number((BigInt(sum) * BigInt(narrow) + (1n << BigInt(14 - shift))) >> BigInt(15 - shift));
}

const activations = ['none', 'relu', 'relu6', 'relu_n1_to_1'] as const;

/** 3x3 over a multiple of four channels, as processors with DSP instructions take it: widths around the size of a panel. */
function threes(seed: number): Form {
  const next = numbers(seed);
  const [h, w] = [1 + next(7), 1 + next(19)];
  const pads = [next(3), next(3), next(3), next(3)] as [number, number, number, number];
  return {
    input: [1 + next(2), Math.max(h, 3 - pads[0] - pads[2]), Math.max(w, 3 - pads[1] - pads[3]), 4 + 4 * next(4)],
    multiplier: 1,
    kernel: [3, 3],
    strides: [1 + next(3), 1 + next(2)],
    dilations: [1, 1],
    pads,
    activation: activations[next(4)],
    gain: [1, 1, 6, 40, 300][next(5)],
  };
}

function any(seed: number): Form {
  const next = numbers(seed);
  const kernel = [1 + next(5), 1 + next(4)] as [number, number];
  const dilations = [1 + next(2), 1 + next(2)] as [number, number];
  const pads = [next(3), next(3), next(3), next(3)] as [number, number, number, number];
  const least = (i: number, size: number) => Math.max(size, dilations[i] * (kernel[i] - 1) + 1 - pads[i] - pads[i + 2]);
  return {
    input: [1 + next(2), least(0, 1 + next(8)), least(1, 1 + next(8)), 1 + next(9)],
    multiplier: [1, 1, 2, 3][next(4)],
    kernel,
    strides: [1 + next(3), 1 + next(3)],
    dilations,
    pads,
    activation: activations[next(4)],
    gain: [1, 1, 6][next(3)],
  };
}

const cases = [
  ...Array.from({ length: 50 }, (_, i) => depthwise(threes(1000 + i), 1000 + i)),
  ...Array.from({ length: 24 }, (_, i) => depthwise(any(i), i)),
];

// Input and output of a layer alone overlap as far as its `overlaps` allows, so that every case tries the distance, too.
it.skipIf(!hasCompiler).each([
  ['portable', 'double'],
  ['portable', 'single'],
  ['cortex-m4', 'double'],
  ['cortex-m4', 'single'],
] as const)('depthwise convolutions of int8 for %s, %s rounding', async (cpu, rounding) => {
  expect(await wrong(cases, cpu, rounding)).toEqual([]);
});

it.skipIf(!hasCompiler)('depthwise convolutions of int16', async () => {
  const wide = Array.from({ length: 16 }, (_, i) => depthwise(any(500 + i), 500 + i, true));
  expect(await wrong(wide, 'portable')).toEqual([]);
});
