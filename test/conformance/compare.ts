import { type Tensor, toNumbers } from '../../src/ir/tensor.js';
import { isFloat, sameShape, showType } from '../../src/ir/types.js';

/**
 * How far a float answer may be off: `|got - expected| <= absolute + relative * |expected|`.
 * The relative part is that of ONNX's own backend runner (onnx/backend/test/runner); the absolute part grows with the
 * largest expected element, because float32 sums that cancel are exact only to the size of their terms.
 */
export const tolerance = { relative: 1e-3, absolute: 1e-7, ofLargest: 1e-6 } as const;

/**
 * What is wrong with an answer, as the end of a sentence, or undefined where it is right.
 * Types and shapes must match, integers and booleans exactly, NaN only NaN, infinities their sign.
 */
export function difference(got: Tensor, expected: Tensor): string | undefined {
  if (got.dtype !== expected.dtype || !sameShape(got.shape, expected.shape)) return `is ${showType(got)}, not ${showType(expected)}`;
  if (!isFloat(expected.dtype)) {
    const at = expected.data.findIndex((v: number | bigint, i: number) => v !== got.data[i]);
    return at < 0 ? undefined : `is ${got.data[at]} at index ${at}, not ${expected.data[at]}`;
  }
  const a = toNumbers(got);
  const b = toNumbers(expected);
  let largest = 0;
  for (const v of b) if (Number.isFinite(v)) largest = Math.max(largest, Math.abs(v));
  // A binary16 answer may be rounded to the neighbouring number: one unit in the last place is 2^-10 relative.
  const relative = expected.dtype === 'float16' ? 2 ** -9 : tolerance.relative;
  const absolute = tolerance.absolute + tolerance.ofLargest * largest;
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    if (Number.isFinite(b[i]) && Math.abs(a[i] - b[i]) <= absolute + relative * Math.abs(b[i])) continue;
    return `is ${a[i]} at index ${i}, not ${b[i]}`;
  }
  return undefined;
}
