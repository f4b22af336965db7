import { sizeOf, stridesOf } from '../../ir/types.js';
import type { Operand } from '../define.js';
import { checkAxis } from './axes.js';
import { checkIndices } from './indices.js';

/** Checks x and indices of GatherElements and ScatterElements: one rank, and no more indices than x has room for beside `axis`. */
export function checkElements(inputs: readonly (Operand | null)[], axis: number): readonly Operand[] {
  const [x, indices, ...rest] = inputs as readonly Operand[];
  checkIndices(indices);
  checkAxis(axis, x.shape.length);
  if (indices.shape.length !== x.shape.length || indices.shape.some((d, i) => i !== axis && d > x.shape[i])) {
    throw new RangeError(`indices of shape [${indices.shape}] along axis ${axis} do not fit [${x.shape}]`);
  }
  return [x, indices, ...rest];
}

/** For each element of `shape`, where its place in a tensor of shape `from` begins if its index along `axis` is left out. */
export function axisOffsets(from: readonly number[], shape: readonly number[], axis: number): Int32Array {
  const strides = stridesOf(from);
  const own = stridesOf(shape);
  return Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    shape.reduce((sum, d, a) => (a === axis ? sum : sum + (Math.floor(i / own[a]) % d) * strides[a]), 0),
  );
}
