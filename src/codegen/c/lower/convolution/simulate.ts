import type { Rounding } from '../../program.js';

/** `edgeml_requantize` of an int32, worked out exactly. */
export function requantized(x: number, multiplier: number, shift: number, rounding: Rounding): number {
  const product = BigInt(x) * BigInt(multiplier);
  if (rounding === 'single') {
    const total = BigInt(31 - shift);
    return Number((product + (1n << (total - 1n))) >> total);
  }
  const left = Math.max(0, shift);
  const high = ((product << BigInt(left)) + (1n << 30n)) >> 31n;
  const exponent = BigInt(Math.max(0, -shift));
  if (exponent === 0n) return Number(high);
  const half = 1n << (exponent - 1n);
  return Number((high + half - (high < 0n ? 1n : 0n)) >> exponent);
}
