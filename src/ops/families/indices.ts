import { ModelError } from '../../errors.js';
import type { Value } from '../../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../../ir/tensor.js';
import { bool, type Operand } from '../define.js';
import type { NodeBuilder } from '../node-builder.js';

/** Throws RangeError unless the operand holds integers that can be indices. */
export function checkIndices(t: Operand, name = 'indices'): void {
  if (t.dtype !== 'int32' && t.dtype !== 'int64') throw new RangeError(`its ${name} are ${t.dtype}; they must be int32 or int64`);
}

/** An index as one from the front; throws ModelError outside [-size, size): the values come from the model or its input. */
export function indexInto(i: number, size: number, operator: string): number {
  const from = i < 0 ? i + size : i;
  if (!(from >= 0 && from < size)) throw new ModelError(`${operator} reads index ${i} of an axis of ${size} elements.`);
  return from;
}

/** {@link indexInto} for a whole tensor. */
export const indicesInto = (t: Tensor, size: number, operator: string): Int32Array =>
  Int32Array.from(toNumbers(t), (i) => indexInto(i, size, operator));

/**
 * `wraps`: whether negative indices count from the back, as in ONNX; TFLite's kernels take none. Kept as an attribute so that
 * the price of counting from the back (see {@link wrapped}) is paid only where a model may need it.
 */
export const wraps = bool(true);

/** Whether TFLite can read the indices as they are: they come from TFLite, or are constant and not negative. */
export const readsForward = (indices: Value | null, attrs: { readonly wraps: boolean }): boolean =>
  !attrs.wraps || (indices?.data !== undefined && !indices.data.some((i: number | bigint) => i < 0));

/** The indices with `sizes` (a list along their last axis, or one for all) added to those below zero. */
export function wrapped(b: NodeBuilder, indices: Value, sizes: readonly number[]): Value {
  const size = b.constant(fromNumbers(indices.dtype, sizes.length === 1 ? [] : [sizes.length], sizes));
  return b.op('Where', [b.op('Less', [indices, b.scalar(0, indices.dtype)]), b.op('Add', [indices, size]), indices]);
}
