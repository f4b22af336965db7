import type { Tensor } from '../../ir/tensor.js';
import { fromNumbers, toNumbers } from '../../ir/tensor.js';
import { sizeOf } from '../../ir/types.js';
import { type Pick, pick } from './pick.js';

export type Coordinates =
  | 'half_pixel'
  | 'align_corners'
  | 'asymmetric'
  | 'pytorch_half_pixel'
  | 'half_pixel_symmetric'
  | 'tf_half_pixel_for_nn';
export type Nearest = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';

export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: Coordinates;
  readonly nearest: Nearest;
  readonly cubicCoeff: number;
  readonly excludeOutside: boolean;
}

/** Every position of a resized axis as a weighted sum of `width` positions of the source. */
export interface Taps {
  readonly width: number;
  /** Position `i` reads `index[i * width + k]`, */
  readonly index: Int32Array;
  /** times `weight[i * width + k]`. */
  readonly weight: Float64Array;
}

/** Where position `i` of `to` lies on a source of `from` elements (coordinate_transformation_mode of ONNX's Resize). */
const coordinate: Record<Coordinates, (i: number, from: number, to: number, scale: number) => number> = {
  half_pixel: (i, _from, _to, scale) => (i + 0.5) / scale - 0.5,
  pytorch_half_pixel: (i, _from, to, scale) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0),
  half_pixel_symmetric: (i, from, to, scale) => (from / 2) * (1 - to / (scale * from)) + (i + 0.5) / scale - 0.5,
  align_corners: (i, from, to) => (to > 1 ? (i * (from - 1)) / (to - 1) : 0),
  asymmetric: (i, _from, _to, scale) => i / scale,
  tf_half_pixel_for_nn: (i, _from, _to, scale) => (i + 0.5) / scale,
};

const rounding: Record<Nearest, (v: number) => number> = {
  round_prefer_floor: (v) => Math.ceil(v - 0.5),
  round_prefer_ceil: (v) => Math.floor(v + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Keys' cubic convolution kernel at a distance of 1 + t, t, 1 - t and 2 - t, for 0 <= t < 1. */
const cubic = (t: number, a: number): number[] => {
  const near = (x: number): number => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
};

/**
 * The taps of one axis. `scale` is what the coordinates are divided by: output over input length, or a factor that a file gives.
 * Taps beyond the ends read the outermost element, or with `excludeOutside` (cubic) weigh nothing.
 */
export function axisTaps(from: number, to: number, scale: number, how: Interpolation): Taps {
  const width = { nearest: 1, linear: 2, cubic: 4 }[how.mode];
  const index = new Int32Array(to * width);
  const weight = new Float64Array(to * width);
  for (let i = 0; i < to; i++) {
    const at = coordinate[how.coordinates](i, from, to, scale);
    const whole = how.mode === 'nearest' ? rounding[how.nearest](at) : Math.floor(at);
    const t = at - whole;
    const first = how.mode === 'cubic' ? whole - 1 : whole;
    const weights = how.mode === 'nearest' ? [1] : how.mode === 'linear' ? [1 - t, t] : cubic(t, how.cubicCoeff);
    let sum = 1;
    if (how.excludeOutside && how.mode === 'cubic') {
      weights.forEach((_, k) => {
        if (first + k < 0 || first + k >= from) weights[k] = 0;
      });
      sum = weights.reduce((s, w) => s + w, 0);
    }
    weights.forEach((w, k) => {
      index[i * width + k] = Math.min(Math.max(first + k, 0), from - 1);
      weight[i * width + k] = w / sum;
    });
  }
  return { width, index, weight };
}

/** The taps as a matrix [to, from]. */
export function tapMatrix({ width, index, weight }: Taps, from: number): Float32Array {
  const to = index.length / width;
  const m = new Float32Array(to * from);
  for (let at = 0; at < index.length; at++) m[Math.floor(at / width) * from + index[at]] += weight[at];
  return m;
}

export const changesNothing = (taps: Taps, from: number): boolean => {
  const to = taps.index.length / taps.width;
  return to === from && tapMatrix(taps, from).every((w, i) => w === (i % (from + 1) === 0 ? 1 : 0));
};

/** x with the taps of each axis applied; nearest neighbours are moved as they are, sums are taken in double precision. */
export function applyTaps(x: Tensor, axes: readonly Taps[]): Tensor {
  if (axes.every((taps) => taps.width === 1))
    return pick(
      x,
      axes.map((taps): Pick => taps.index),
    );
  let values: ArrayLike<number> = toNumbers(x);
  const shape = [...x.shape];
  axes.forEach((taps, axis) => {
    const from = shape[axis];
    if (changesNothing(taps, from)) return;
    values = applyToAxis(values, shape, axis, taps);
    shape[axis] = taps.index.length / taps.width;
  });
  return fromNumbers(x.dtype, shape, values);
}

function applyToAxis(values: ArrayLike<number>, shape: readonly number[], axis: number, { width, index, weight }: Taps): Float64Array {
  const from = shape[axis];
  const to = index.length / width;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const out = new Float64Array(outer * to * inner);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < to; i++) {
      const at = (o * to + i) * inner;
      for (let k = i * width; k < (i + 1) * width; k++) {
        const source = (o * from + index[k]) * inner;
        for (let c = 0; c < inner; c++) out[at + c] += weight[k] * values[source + c];
      }
    }
  return out;
}
