import { quantizeMultiplier } from '../../requantize.js';
import { clamp, roundingDivide } from './fixed-point.js';
import type { Grid } from './grid.js';

const to16 = (x: number): number => clamp(x, -32768, 32767);

/** (a · b + 2^14) >> 15 in 16 bits, saturated. */
const roundingHighMultiply = (a: number, b: number): number => to16(Math.floor((a * b + 2 ** 14) / 2 ** 15));

/** The same rounded towards zero. */
const highMultiply = (a: number, b: number): number => to16(Math.trunc((a * b) / 2 ** 15));

/** The 16 high bits of a multiplier of 31, rounded. */
function in16Bits(real: number): { multiplier: number; exponent: number } {
  const { multiplier, shift } = quantizeMultiplier(real);
  return { multiplier: multiplier >= 2 ** 31 - 2 ** 15 ? 32767 : Math.floor((multiplier + 2 ** 15) / 2 ** 16), exponent: shift };
}

/**
 * x · relu6(x + 3) / 6 of an int8, in the 16-bit arithmetic of TensorFlow Lite's kernel: x in steps of a 128th on the
 * way to the output's grid, times x rescaled from [-3, 3] to [0, 1]. Undefined where the output's grid is so fine that the kernel
 * refuses it.
 */
export function hardSwish(from: Grid, to: Grid): ((q: number) => number) | undefined {
  const fine = Math.fround(from.scale / 128);
  const output = in16Bits(Math.fround(fine / to.scale));
  const reluish = in16Bits(Math.fround(fine / Math.fround(3 / 32768)));
  if (output.exponent > 0) return undefined;
  return (q) => {
    const x = (q - from.zeroPoint) * 128;
    const onOutput = roundingHighMultiply(x, output.multiplier);
    let r = x;
    if (reluish.exponent > 0) r = to16(r * 2 ** (reluish.exponent - 1));
    r = roundingHighMultiply(r, reluish.multiplier);
    if (reluish.exponent > 0) r = to16(r * 2);
    if (reluish.exponent < 0) r = roundingDivide(r, -reluish.exponent);
    r = (r + 32768) >> 1;
    const y = roundingDivide(highMultiply(r, onOutput), -output.exponent);
    return clamp(y + to.zeroPoint, -128, 127);
  };
}
