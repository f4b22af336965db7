import { fromNumbers, type Numbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { type DType, dtypes, isFloat, isWide, type TensorData } from '../../ir/types.js';

/*
 * Kernels that only add, multiply, divide and compare work on bigints as they are, so 64-bit integers stay exact in them.
 * These helpers hand out such elements under the type `number`; they must not be mixed with number literals: see `literal`.
 */

/** The elements, 64-bit integers as bigints. */
export const exactNumbers = (t: Tensor): Numbers => (isWide(t.dtype) ? (t.data as unknown as Numbers) : toNumbers(t));

/** What {@link exactNumbers} of `dtype` can be written to; integers wrap around as in C. */
export const exactArray = (dtype: DType, length: number): Numbers =>
  isWide(dtype) ? (new dtypes[dtype].array(length) as unknown as Numbers) : numbersFor(dtype, length);

/** Wraps what {@link exactArray} gave. */
export const exactTensor = (dtype: DType, shape: readonly number[], values: Numbers): Tensor => fromNumbers(dtype, shape, values);

/** A number as {@link exactNumbers} of `dtype` holds it. */
export const literal = (dtype: DType, n: number): number => (isWide(dtype) ? (BigInt(Math.trunc(n)) as unknown as number) : n);

/** The smallest and the largest value of a type, infinities for floats. */
export function limits(dtype: DType): { low: number; high: number } {
  if (isFloat(dtype)) return { low: -Infinity, high: Infinity };
  if (dtype === 'bool') return { low: 0, high: 1 };
  const bits = BigInt(8 * dtypes[dtype].bytes);
  const signed = dtypes[dtype].kind === 'int';
  const low = signed ? -(1n << (bits - 1n)) : 0n;
  const high = (signed ? 1n << (bits - 1n) : 1n << bits) - 1n;
  const as = (n: bigint): number => (isWide(dtype) ? (n as unknown as number) : Number(n));
  return { low: as(low), high: as(high) };
}

/** One element of a tensor of this type, as its data holds it, from a number (an attribute, which for integers is whole). */
export function elementOf(dtype: DType, value: number): number | bigint {
  if (!isFloat(dtype)) {
    const { low, high } = limits(dtype);
    if (value <= Number(low)) return low;
    if (value >= Number(high)) return high;
  }
  return (fromNumbers(dtype, [], [value]).data as TensorData)[0];
}

/** The larger of two; NaN where one of them is. */
export const larger = (a: number, b: number): number => (a >= b || Number.isNaN(a) ? a : b);

/** The smaller of two; NaN where one of them is. */
export const smaller = (a: number, b: number): number => (a <= b || Number.isNaN(a) ? a : b);
