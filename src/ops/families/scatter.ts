import type { Value } from '../../ir/graph.js';
import type { Tensor } from '../../ir/tensor.js';
import { type DType, dtypes, type TensorData } from '../../ir/types.js';
import { type Operand, oneOf } from '../define.js';
import { exactNumbers, exactTensor, larger, smaller } from './exact.js';

export type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min';

/** What happens where an update meets the element that is there. */
export const reduction = oneOf<Reduction>('none', 'add', 'mul', 'max', 'min');

const combine: Record<Exclude<Reduction, 'none'>, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  max: larger,
  min: smaller,
};

export function checkUpdates(x: Operand, updates: Operand, how: Reduction): void {
  if (x.dtype !== updates.dtype) throw new RangeError(`its updates are ${updates.dtype} for elements of ${x.dtype}`);
  if (how !== 'none' && x.dtype === 'bool') throw new RangeError(`booleans have no reduction '${how}'`);
}

/** A copy of x in which `count` blocks of `block` elements, at `offset(i)`, are updated in turn. */
export function scatter(x: Tensor, updates: Tensor, count: number, block: number, offset: (i: number) => number, how: Reduction): Tensor {
  if (how === 'none') {
    const out = x.data.slice() as Float32Array;
    const from = updates.data as Float32Array;
    for (let i = 0; i < count; i++) out.set(from.subarray(i * block, (i + 1) * block), offset(i));
    return { ...x, data: out as TensorData };
  }
  const out = exactNumbers(x).slice();
  const from = exactNumbers(updates);
  const f = combine[how];
  for (let i = 0, at = 0; i < count; i++) {
    const to = offset(i);
    for (let k = 0; k < block; k++, at++) out[to + k] = f(out[to + k], from[at]);
  }
  return exactTensor(x.dtype, x.shape, out);
}

/** Constant zeros, whatever their type. */
export const isZeros = (v: Value | null): boolean => v?.data?.every((e: number | bigint) => Number(e) === 0) ?? false;

/** Zeros of this shape as a value that a reader makes up. */
export const zerosValue = (name: string, dtype: DType, shape: readonly number[]): Value => ({
  name,
  dtype,
  shape,
  data: new dtypes[dtype].array(shape.reduce((n, d) => n * d, 1)),
});
