import type { Tensor } from '../../ir/tensor.js';
import { dtypes, isWide, sizeOf, stridesOf, type TensorData } from '../../ir/types.js';

/** For one axis of a result, the index in the source that each of its positions comes from; -1 stands for the fill value. */
export type Pick = Int32Array;

/** `count` indices from `start` in steps of `step`. */
export const range = (count: number, start = 0, step = 1): Pick => Int32Array.from({ length: count }, (_, i) => start + i * step);

/** A scalar as the data of a tensor of this type holds it: bits for float16, a bigint for 64-bit integers. */
export type Element = number | bigint;

/**
 * `y[i, j, ...] = x[picks[0][i], picks[1][j], ...]`, and `fill` where one of them is -1. The result has x's element type and
 * the picks' lengths as its shape. Moves elements as they are, so it works for every type.
 */
export function pick(x: Tensor, picks: readonly Pick[], fill: Element = isWide(x.dtype) ? 0n : 0): Tensor {
  const shape = picks.map((p) => p.length);
  const out = new dtypes[x.dtype].array(sizeOf(shape));
  const result = { dtype: x.dtype, shape, data: out };
  if (out.length === 0) return result;
  if (shape.length === 0) {
    out[0] = x.data[0];
    return result;
  }
  const strides = stridesOf(x.shape);
  const last = picks.length - 1;
  const inner = picks[last];
  const run = inner.every((p, i) => p >= 0 && p === inner[0] + i);
  const src = x.data as Float32Array;
  const dst = out as Float32Array;
  const blank = fill as number;
  const row = (axis: number, base: number, to: number): number => {
    if (axis < last) {
      let at = to;
      for (const p of picks[axis]) at = row(axis + 1, base < 0 || p < 0 ? -1 : base + p * strides[axis], at);
      return at;
    }
    if (base < 0) dst.fill(blank, to, to + inner.length);
    else if (run) dst.set(src.subarray(base + inner[0], base + inner[0] + inner.length), to);
    else for (let i = 0; i < inner.length; i++) dst[to + i] = inner[i] < 0 ? blank : src[base + inner[i]];
    return to + inner.length;
  };
  row(0, 0, 0);
  return result;
}

/** `dst[i0 * steps[0] + i1 * steps[1] + ...]` for all indices of `shape`, written one after the other; element types must agree. */
export function strided(src: TensorData, shape: readonly number[], steps: readonly number[], dst: TensorData): void {
  const from = src as Float32Array;
  const to = dst as Float32Array;
  const inner = shape.at(-1) ?? 1;
  const innerStep = steps.at(-1) ?? 0;
  const index = new Array<number>(shape.length).fill(0);
  let base = 0;
  for (let at = 0; at < to.length; ) {
    for (let i = 0, s = base; i < inner; i++, s += innerStep) to[at++] = from[s];
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      base += steps[axis];
      if (++index[axis] < shape[axis]) break;
      base -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
