/** The nearest integer, ties to even; keeps the sign of zero. Adding and subtracting 2^52 leaves no room for a fraction. */
export function roundHalfEven(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 2 ** 52)) return x;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** The remainder with the sign of the divisor, as Python's `%`; NaN where y is 0. */
export function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** x to the power y as C's pow: 1^NaN and (-1)^±Inf are 1, where JavaScript says NaN. */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1;
  return x ** y;
}

/** x to the power y for 32-bit integers, wrapping around; a negative exponent truncates the fraction towards 0. */
export function integerPower(x: number, y: number): number {
  if (y < 0) return x === 1 ? 1 : x === -1 ? (y % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let base = x, rest = y; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** {@link integerPower} for 64 bits; what is stored wraps around. */
export function bigPower(x: bigint, y: bigint): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let base = x;
  for (let rest = y; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(64, result * base);
    base = BigInt.asUintN(64, base * base);
  }
  return result;
}

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** erf on |x| < 2 by 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!, whose terms are all of one sign. */
function erfSeries(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return twoOverRootPi * Math.exp(-square) * sum;
}

/** erfc on x >= 2 by the continued fraction e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), from its 40th level. */
function erfcFraction(x: number): number {
  let level = x;
  for (let n = 40; n > 0; n--) level = x + n / 2 / level;
  return (twoOverRootPi / 2) * (Math.exp(-x * x) / level);
}

/** The error function, to double precision. */
export function erf(x: number): number {
  if (Math.abs(x) < 2) return erfSeries(x);
  return x > 0 ? 1 - erfcFraction(x) : x < 0 ? erfcFraction(-x) - 1 : x;
}

/** 1 - erf(x), accurate also where it is small. */
export function erfc(x: number): number {
  if (Math.abs(x) < 2) return 1 - erfSeries(x);
  return x > 0 ? erfcFraction(x) : x < 0 ? 2 - erfcFraction(-x) : x;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** log(1 + e^x), without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
