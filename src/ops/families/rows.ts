import type { AttrValue, Value } from '../../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { isFloat, sizeOf, type TypeInfo } from '../../ir/types.js';
import type { Cost, Operand } from '../define.js';
import type { NodeBuilder } from '../node-builder.js';
import { checkAxis } from './axes.js';

/** Operators that turn each row along `axis` into another of the same length. */

/** Floats of any shape, as they are; `axis` must be one of theirs (0 for a scalar). */
export function inferRows(inputs: readonly (Operand | null)[], attrs: { readonly axis: number }): TypeInfo[] {
  const { dtype, shape } = inputs[0] as Operand;
  if (!isFloat(dtype)) throw new RangeError(`it takes floats, not ${dtype}`);
  checkAxis(attrs.axis, Math.max(1, shape.length));
  return [{ dtype, shape }];
}

/** `f` changes each row along `axis` in place, in double precision. */
export const mapRows =
  <A>(f: (row: Float64Array, attrs: A) => void) =>
  (inputs: readonly (Tensor | null)[], attrs: A & { readonly axis: number }, outputs: readonly TypeInfo[]): Tensor[] => {
    const x = toNumbers(inputs[0] as Tensor);
    const { dtype, shape } = outputs[0];
    const length = shape[attrs.axis] ?? 1;
    const step = sizeOf(shape.slice(attrs.axis + 1));
    const y = numbersFor(dtype, x.length);
    const row = new Float64Array(length);
    for (let block = 0; block < x.length; block += length * step)
      for (let first = block; first < block + step; first++) {
        for (let i = 0, at = first; i < length; i++, at += step) row[i] = x[at];
        f(row, attrs);
        for (let i = 0, at = first; i < length; i++, at += step) y[at] = row[i];
      }
    return [fromNumbers(dtype, shape, y)];
  };

/** `n` operations per element. */
export const rowsCost =
  (n: number) =>
  (_: readonly (TypeInfo | null)[], outputs: readonly TypeInfo[]): Cost => ({ macs: 0, elements: n * sizeOf(outputs[0].shape) });

/**
 * The operator on its last axis, for formats that know no other: transposed there and back, ranks above `maxRank` as a matrix.
 * Null where the axis is last and the rank low enough already.
 */
export function withAxisLast(
  b: NodeBuilder,
  op: string,
  x: Value,
  attrs: Readonly<Record<string, AttrValue>> & { readonly axis: number },
  maxRank: number,
): Value[] | null {
  const rank = x.shape.length;
  const last = rank - 1;
  if (attrs.axis === last) {
    if (rank <= maxRank) return null;
    const flat = b.reshape(x, [sizeOf(x.shape.slice(0, last)), x.shape[last]]);
    return [b.reshape(b.op(op, [flat], { ...attrs, axis: 1 }), x.shape)];
  }
  // Swapping two axes is its own inverse.
  const perm = x.shape.map((_, i) => (i === attrs.axis ? last : i === last ? attrs.axis : i));
  return [b.transpose(b.op(op, [b.transpose(x, perm)], { ...attrs, axis: last }), perm)];
}
