import type { Node } from '../../../../ir/graph.js';
import { NoKernel } from '../../program.js';
import { clamp } from './fixed-point.js';
import { endsOf, realFunction } from './functions.js';
import { type Grid, gridsOf, roundAway } from './grid.js';

const f = Math.fround;

/**
 * 513 samples of a function of an int16, between which the kernel interpolates (TensorFlow Lite's LUTPopulate): each is moved by
 * half of what a straight line would miss in the middle. Undefined for operators that are not made so.
 */
export function int16Table(node: Node): Int16Array | undefined {
  const [from, to] = gridsOf(node);
  const of = realFunction(node);
  if (!of) return undefined;
  const [min, max] = endsOf(from, -32768, 32767);
  const [lowest, highest] = endsOf(to, -32768, 32767);
  const step = f(f(max - min) / 512);
  const inverse = f(65536 / f(highest - lowest));
  const value = (x: number): number => f(of(f(x), lowest) * inverse);
  return Int16Array.from({ length: 513 }, (_, i) => {
    if (i === 512) return clamp(roundAway(value(max)), -32768, 32767);
    const x = f(min + f(i * step));
    const sample = roundAway(value(x));
    const between = roundAway(f(f(value(f(min + f((i + 1) * step))) + sample) / 2));
    const middle = roundAway(value(f(x + f(step / 2))));
    return clamp(sample - roundAway((between - middle) / 2), -32768, 32767);
  });
}

const sigmoid = (i: number): number => 65536 / (1 + Math.exp(-i / 24));

/**
 * sigmoid(i / 24) in 16 bits, for the int16 kernels of sigmoid and tanh, each sample moved by half of what a straight line to
 * the next would miss in the middle. It is TensorFlow Lite's sigmoid_table_uint16, found to be this formula; it ends in the largest number.
 */
export const sigmoidTable = Uint16Array.from({ length: 256 }, (_, i) => {
  if (i === 255) return 65535;
  return Math.round(sigmoid(i) + (sigmoid(i + 0.5) - (sigmoid(i) + sigmoid(i + 1)) / 2) / 2);
});

/**
 * What brings an int16 to 1 / (3 · 4096), the grid of {@link sigmoidTable}: integer multiplier and right shift.
 * Scales that are a power of two are multiplied by 3 exactly. Throws NoKernel where a zero point is not 0 or the output not Q15.
 */
export function toSigmoidGrid(node: Node): { multiplier: number; shift: number } {
  const [from, to] = gridsOf(node);
  if (from.zeroPoint !== 0 || to.zeroPoint !== 0) throw new NoKernel('has an int16 operand whose zero point is not 0');
  if (Math.abs(Math.log2(to.scale) + 15) >= 1e-3) throw new NoKernel('has an int16 output whose scale is not 1/32768');
  const exact = powerOfTwo(from, node.op === 'Tanh' ? 1 : 0);
  if (exact !== undefined) return { multiplier: 3 * 2 ** exact, shift: 0 };
  let multiplier = from.scale * 4096 * 3;
  let shift = 0;
  for (; multiplier <= 32767 / 2 && shift <= 30; shift++) multiplier *= 2;
  return { multiplier: Math.min(32767, Math.trunc(multiplier)), shift };
}

/** The left shift from 2^-12 to a scale that is a power of two; undefined where it is none, or beyond `most`. */
function powerOfTwo({ scale }: Grid, most: number): number | undefined {
  const log = f(f(Math.log(scale)) * f(1 / f(Math.log(2))));
  const exponent = roundAway(log);
  const shift = 12 + exponent;
  return Math.abs(f(log - exponent)) < f(1e-3) && shift >= 0 && shift <= most ? shift : undefined;
}
