import type { Rounding } from '../../program.js';
import type { Multiplier } from '../../requantize.js';

/*
 * The integer arithmetic of kernels/requantize.h, fixed_point.h and inverse_sqrt.h at generation time: tables hold what the
 * kernels of TensorFlow Lite Micro would compute for each of the 256 values.
 */

const int32Max = 2 ** 31 - 1;
const int32Min = -(2 ** 31);

export const clamp = (x: number, min: number, max: number): number => Math.max(min, Math.min(max, x));

/** (a · b + 2^30) >> 31, saturated (edgeml_doubling_high_multiply). */
export function doublingHighMultiply(a: number, b: number): number {
  if (a === int32Min && b === int32Min) return int32Max;
  return Number((BigInt(a) * BigInt(b) + (1n << 30n)) >> 31n);
}

/** x / 2^exponent to nearest, half away from zero. */
export function roundingDivide(x: number, exponent: number): number {
  const q = Math.floor((Math.abs(x) + 2 ** exponent / 2) / 2 ** exponent);
  return exponent === 0 ? x : x < 0 ? -q : q;
}

/** x · multiplier / 2^31 · 2^shift, rounded as edgeml_requantize does. */
export function requantize(x: number, { multiplier, shift }: Multiplier, rounding: Rounding): number {
  if (rounding === 'single') {
    const total = BigInt(31 - shift);
    return Number(BigInt.asIntN(32, (BigInt(x) * BigInt(multiplier) + (1n << (total - 1n))) >> total));
  }
  const scaled = Number(BigInt.asIntN(32, BigInt(x) << BigInt(Math.max(shift, 0))));
  return roundingDivide(doublingHighMultiply(scaled, multiplier), Math.max(-shift, 0));
}

/** x · 2^exponent, saturated to int32. */
export const saturatingShiftLeft = (x: number, exponent: number): number => clamp(x * 2 ** exponent, int32Min, int32Max);

/** e^a in Q0.31 for a <= 0 in Q(integerBits) (gemmlowp's exp_on_negative_values). */
function expOnNegativeValues(a: number, integerBits: number): number {
  if (a === 0) return int32Max;
  if (integerBits > 5 && a < -(2 ** (36 - integerBits))) return 0;
  const quarter = 2 ** (29 - integerBits);
  const inQuarter = (a & (quarter - 1)) - quarter;
  const quarters = inQuarter - a;
  let result = expOfLastQuarter(inQuarter * 2 ** integerBits);
  const powers = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];
  for (let k = 0; k < powers.length && k - 2 < integerBits; k++) {
    if (Math.floor(quarters / (quarter * 2 ** k)) % 2 === 1) result = doublingHighMultiply(result, powers[k]);
  }
  return result;
}

function expOfLastQuarter(a: number): number {
  const x = a + 2 ** 28;
  const x2 = doublingHighMultiply(x, x);
  const x3 = doublingHighMultiply(x2, x);
  const x4 = doublingHighMultiply(x2, x2);
  const beyond = doublingHighMultiply(roundingDivide(x4, 2) + x3, 715827883) + x2;
  return 1895147668 + doublingHighMultiply(1895147668, x + roundingDivide(beyond, 1));
}

/** 1 / ((1 + a) / 2) in Q2.29 for a in [0, 1] in Q0.31, by three steps of Newton's method. */
function reciprocalOfHalfSumWithOne(a: number): number {
  const half = Math.floor((a + int32Max + 1) / 2);
  let x = 1515870810 + doublingHighMultiply(half, -1010580540);
  for (let i = 0; i < 3; i++) {
    const rest = 2 ** 29 - doublingHighMultiply(half, x);
    x += saturatingShiftLeft(doublingHighMultiply(x, rest), 2);
  }
  return x;
}

/** 1 / (1 + e^-a) in Q0.31 for a in Q(integerBits). */
export function logistic(a: number, integerBits: number): number {
  if (a === 0) return 2 ** 30;
  const ofPositive = saturatingShiftLeft(reciprocalOfHalfSumWithOne(expOnNegativeValues(-Math.abs(a), integerBits)), 1);
  return a > 0 ? ofPositive : int32Max - ofPositive;
}

/** tanh(a) in Q0.31 for a in Q(integerBits). */
export function tanh(a: number, integerBits: number): number {
  if (a === 0) return 0;
  const e = expOnNegativeValues(-Math.abs(a), integerBits + 1);
  const ofPositive = saturatingShiftLeft(reciprocalOfHalfSumWithOne(e) - 2 ** 29, 2);
  return a > 0 ? ofPositive : -ofPositive;
}

/** 1 / √x as a multiplier, for a positive integer (TensorFlow Lite's GetInvSqrtQuantizedMultiplierExp). */
export function inverseSqrt(x: number): Multiplier {
  if (x <= 1) return { multiplier: int32Max, shift: 0 };
  let scaled = x;
  let right = 11;
  for (; scaled >= 2 ** 29; right++) scaled = Math.trunc(scaled / 4);
  for (; scaled < 2 ** 27; right--) scaled *= 4;
  const half = roundingDivide(scaled >> 1, 1);
  let y = 2 ** 28;
  for (let i = 0; i < 5; i++) {
    const cube = saturatingShiftLeft(doublingHighMultiply(doublingHighMultiply(y, y), y), 6);
    y = saturatingShiftLeft(doublingHighMultiply(2 ** 28 + 2 ** 27, y) - doublingHighMultiply(half, cube), 3);
  }
  y = doublingHighMultiply(y, 1518500250);
  return right < 0 ? { multiplier: saturatingShiftLeft(y, -right), shift: 0 } : { multiplier: y, shift: -right };
}
