import { ModelError } from '../../errors.js';
import { type Tensor, toNumbers } from '../../ir/tensor.js';
import type { Operand } from '../define.js';

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
