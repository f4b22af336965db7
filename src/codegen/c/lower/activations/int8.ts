import type { Node } from '../../../../ir/graph.js';
import { NoKernel, type Rounding } from '../../program.js';
import { type Multiplier, quantizeMultiplier } from '../../requantize.js';
import { clamp, inverseSqrt, logistic, requantize, roundingDivide, tanh } from './fixed-point.js';
import { endsOf, realFunction } from './functions.js';
import { type Grid, gridsOf, multiplierOf, roundAway } from './grid.js';
import { hardSwish } from './hard-swish.js';
import { evaluateSlopes, slopesOf } from './slopes.js';

type Lookup = (q: number) => number;

/**
 * The 256 results of a function of one int8, in the order of the value read as uint8: what the kernel of TensorFlow Lite Micro,
 * or where it has none that of TensorFlow Lite, computes for each. Throws NoKernel for grids that they do not take.
 */
export function int8Table(node: Node, rounding: Rounding): Int8Array {
  const f = lookupOf(node, rounding);
  return Int8Array.from({ length: 256 }, (_, i) => f(i < 128 ? i : i - 256));
}

function lookupOf(node: Node, rounding: Rounding): Lookup {
  const [from, to] = gridsOf(node);
  switch (node.op) {
    case 'Sigmoid':
      if (to.zeroPoint !== -128) throw new NoKernel('has an output whose zero point is not -128');
      return saturating(from, (x) => roundingDivide(logistic(x, 4), 23) - 128);
    case 'Tanh':
      return saturating(from, (x) => roundingDivide(tanh(x, 4), 24));
    case 'HardSwish':
      return hardSwish(from, to) ?? refuse('has an output grid much finer than its input grid');
    case 'Rsqrt':
      return rsqrt(from, to);
    default:
      return slopes(node, rounding) ?? sampled(node, from, to) ?? refuse('has no table');
  }
}

function refuse(reason: string): never {
  throw new NoKernel(reason);
}

/** Relu, Clip, LeakyRelu, Abs, Neg: a straight line on either side of zero. */
function slopes(node: Node, rounding: Rounding): Lookup | undefined {
  const s = slopesOf(node);
  return s && evaluateSlopes(s, node, rounding);
}

/** A function of Q4.27 with ends that are reached within 15 of zero (TensorFlow Lite's LOGISTIC and TANH of int8). */
function saturating({ scale, zeroPoint }: Grid, of: (x: number) => number): Lookup {
  const m: Multiplier = quantizeMultiplier(scale * 2 ** 27);
  const radius = Math.floor((15 * 2 ** 27) / 2 ** m.shift);
  return (q) => {
    const x = q - zeroPoint;
    if (x <= -radius) return -128;
    if (x >= radius) return 127;
    return clamp(of(requantize(x, m, 'double')), -128, 127);
  };
}

/** In 20 more bits than the result needs; 0, and what has no root, gives the largest int8. */
function rsqrt(from: Grid, to: Grid): Lookup {
  const m = multiplierOf(1 / (Math.sqrt(from.scale) * to.scale));
  return (q) => {
    const x = q - from.zeroPoint;
    if (x <= 0) return 127;
    const root = inverseSqrt(x);
    const fine = requantize(1, { multiplier: root.multiplier, shift: root.shift + 20 }, 'double');
    const y = m.shift - 20 < -31 ? 0 : requantize(fine, { multiplier: m.multiplier, shift: m.shift - 20 }, 'double');
    return clamp(y + to.zeroPoint, -128, 127);
  };
}

/** TensorFlow Lite's LUTPopulate for int8: the real function in float32. */
function sampled(node: Node, from: Grid, to: Grid): Lookup | undefined {
  const f = realFunction(node);
  if (!f) return undefined;
  const [lowest] = endsOf(to, -128, 127);
  const inverse = Math.fround(1 / to.scale);
  return (q) => {
    const y = f(Math.fround(from.scale * (q - from.zeroPoint)), lowest);
    return clamp(roundAway(Math.fround(y * inverse)) + to.zeroPoint, -128, 127);
  };
}
