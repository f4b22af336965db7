import type { Value } from '../../../src/ir/graph.js';
import { type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import { windowOutput } from '../../../src/ops/families/window.js';
import { activated, type Expectation, integers, layer, numbers, quantized, rescaled, scaleOf, zeroOf } from './integer-layers.js';

type Rounding = 'double' | 'single';
type Next = (n: number) => number;

const activations = ['none', 'relu', 'relu6', 'relu_n1_to_1'] as const;

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

/** What a layer with filters sums over for one output: pairs of an input's and a weight's index, by output without its channel. */
type Taps = readonly (readonly (readonly [x: number, w: number])[])[];

interface Layer {
  readonly op: 'Conv2D' | 'ConvTranspose2D' | 'FullyConnected';
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
  readonly attrs: Record<string, number | readonly number[]>;
  /** For each position and group; weights from the start of their filter. */
  readonly taps: Taps;
  readonly groups: number;
}

/** A layer with weights, scales, zero points and a bias of its own, and the answer by numerics.md's formulas. */
function expectation(l: Layer, next: Next, title: string, wide: boolean): Expectation {
  const type = wide ? 'int16' : 'int8';
  const [filters] = l.w;
  const depth = l.w.slice(1).reduce((a, b) => a * b, 1);
  const zero = () => (wide ? 0 : next(256) - 128);
  const x = quantized('x', type, l.x, (0.02 + next(50) / 1000) / (wide ? 256 : 1), zero());
  const one = l.op === 'FullyConnected' && next(2) === 0;
  const scales = Array.from({ length: one ? 1 : filters }, () => 0.001 + next(1000) / 40_000);
  const weights = quantized('w', 'int8', l.w, scales, 0, one ? undefined : 0);
  // TensorFlow Lite's weights are at least -127; a file may hold -128 all the same.
  const least = next(6) === 0 ? 0 : 1;
  const W = integers(weights, (k) => Math.max(least, next(k)));
  const gain = [1, 1, 1, 8, 60][next(5)];
  const y = quantized('y', type, l.y, (scaleOf(x) * 0.01 * Math.sqrt(depth) * 90) / gain / (wide ? 4 : 1), zero());
  const bias = Array.from({ length: filters }, () => next(20_000) - 10_000);
  const b: Value = {
    name: 'b',
    dtype: wide ? 'int64' : 'int32',
    shape: [filters],
    data: wide ? BigInt64Array.from(bias, BigInt) : Int32Array.from(bias),
  };
  const activation = activations[next(4)];
  const graph = layer(l.op, [x, { ...weights, data: W.data }, b], y, { ...l.attrs, activation });
  const X = integers(x, next);
  const expected = (rounding: Rounding): number[] => {
    const [xs, ws] = [toNumbers(X), toNumbers(W)];
    const out: number[] = [];
    for (let p = 0; p < l.taps.length; p += l.groups)
      for (let f = 0; f < filters; f++) {
        const taps = l.taps[p + Math.floor((f * l.groups) / filters)];
        const sum = taps.reduce((s, [i, k]) => s + (xs[i] - zeroOf(x)) * ws[f * depth + k], bias[f]);
        const product = scaleOf(x) * scaleOf(weights, f);
        const real = (one ? Math.fround(product) : product) / scaleOf(y);
        out.push(activated((wide ? wideRescaled(sum, real) : rescaled(sum, real, rounding)) + zeroOf(y), y, activation));
      }
    return out;
  };
  return { title, graph, inputs: [X], expected };
}

/** A convolution, or a transposed one, of any form. */
export function convolution(op: 'Conv2D' | 'ConvTranspose2D', seed: number, wide = false): Expectation {
  const next = numbers(seed);
  const groups = [1, 1, 2, 3][next(4)];
  const [perGroup, filters] = [1 + next(20), groups * (1 + next(9))];
  const pointwise = next(4) === 0;
  const pick = (n: number) => (pointwise ? 1 : 1 + next(n));
  const kernel = [pick(4), pick(4)];
  const dilations = [pick(2), pick(2)];
  const strides = [pick(3), pick(3)];
  const pads = Array.from({ length: 4 }, () => (pointwise ? 0 : next(3)));
  const span = (i: number) => dilations[i] * (kernel[i] - 1) + 1;
  const outputPads = [next(2), next(2)];
  const n = 1 + next(2);
  const size = [0, 1].map((i) => 1 + next(7) + (op === 'Conv2D' ? Math.max(0, span(i) - 1) : pads[i] + pads[i + 2]));
  const out = [0, 1].map((i) =>
    op === 'Conv2D'
      ? windowOutput(size[i], kernel[i], strides[i], dilations[i], pads[i], pads[i + 2])
      : (size[i] - 1) * strides[i] + span(i) - pads[i] - pads[i + 2] + outputPads[i],
  );
  const channels = groups * perGroup;
  /** The input that tap k of an output reads along an axis; undefined where there is none. */
  const source = (i: number, o: number, k: number): number | undefined => {
    const at = op === 'Conv2D' ? o * strides[i] - pads[i] + k * dilations[i] : (o + pads[i] - k * dilations[i]) / strides[i];
    return Number.isInteger(at) && at >= 0 && at < size[i] ? at : undefined;
  };
  const taps: [number, number][][] = [];
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < out[0]; oy++)
      for (let ox = 0; ox < out[1]; ox++)
        for (let g = 0; g < groups; g++) {
          const list: [number, number][] = [];
          for (let ky = 0; ky < kernel[0]; ky++)
            for (let kx = 0; kx < kernel[1]; kx++) {
              const [iy, ix] = [source(0, oy, ky), source(1, ox, kx)];
              if (iy === undefined || ix === undefined) continue;
              const first = ((image * size[0] + iy) * size[1] + ix) * channels + g * perGroup;
              for (let c = 0; c < perGroup; c++) list.push([first + c, (ky * kernel[1] + kx) * perGroup + c]);
            }
          taps.push(list);
        }
  const attrs = { strides, dilations, pads, groups, ...(op === 'ConvTranspose2D' && { outputPads }) };
  const shapes = { x: [n, ...size, channels], w: [filters, ...kernel, perGroup], y: [n, ...out, filters] };
  return expectation({ op, ...shapes, attrs, taps, groups }, next, `${op} ${seed}: ${JSON.stringify({ ...shapes, ...attrs })}`, wide);
}

/** A dense layer of any size. */
export function dense(seed: number, wide = false): Expectation {
  const next = numbers(seed);
  const [rows, depth, units] = [[1, 1, 2, 5][next(4)], 1 + next(wide ? 1200 : 90), 1 + next(30)];
  const taps = Array.from({ length: rows }, (_, r) => Array.from({ length: depth }, (_, k): [number, number] => [r * depth + k, k]));
  const shapes = { x: [rows, depth], w: [units, depth], y: [rows, units] };
  return expectation(
    { op: 'FullyConnected', ...shapes, attrs: {}, taps, groups: 1 },
    next,
    `dense ${seed}: ${rows}x${depth}x${units}`,
    wide,
  );
}

/** A product of computed matrices. */
export function product(seed: number, wide = false): Expectation {
  const next = numbers(seed);
  const type = wide ? 'int16' : 'int8';
  const [rows, depth, columns] = [1 + next(5), 1 + next(20), 1 + next(6)];
  const [transposeA, transposeB] = [next(2) === 1, next(2) === 1];
  const [batch, shared] = [1 + next(3), next(2) === 1];
  const zero = () => (wide ? 0 : next(256) - 128);
  const a = quantized('a', type, [batch, ...(transposeA ? [depth, rows] : [rows, depth])], 0.01 + next(100) / 1000, zero());
  const b = quantized('b', type, [shared ? 1 : batch, ...(transposeB ? [columns, depth] : [depth, columns])], 0.02, zero());
  const y = quantized('y', type, [batch, rows, columns], scaleOf(a) * scaleOf(b) * Math.sqrt(depth) * (wide ? 20_000 : 100), zero());
  const [A, B] = [integers(a, next), integers(b, next)] as [Tensor, Tensor];
  const expected = (rounding: Rounding): number[] => {
    const [as, bs] = [toNumbers(A), toNumbers(B)];
    const out: number[] = [];
    for (let n = 0; n < batch; n++)
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) {
          let sum = 0;
          for (let k = 0; k < depth; k++) {
            const left = as[n * rows * depth + (transposeA ? k * rows + r : r * depth + k)] - zeroOf(a);
            sum += left * (bs[(shared ? 0 : n) * depth * columns + (transposeB ? c * depth + k : k * columns + c)] - zeroOf(b));
          }
          const real = Math.fround(scaleOf(a) * scaleOf(b)) / scaleOf(y);
          out.push(activated((wide ? wideRescaled(sum, real) : rescaled(sum, real, rounding)) + zeroOf(y), y, 'none'));
        }
    return out;
  };
  const graph = layer('MatMul', [a, b], y, { transposeA, transposeB });
  return { title: `product ${seed}: [${a.shape}] [${b.shape}]`, graph, inputs: [A, B], expected };
}
