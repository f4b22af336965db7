import type { Node } from '../../../../ir/graph.js';
import { roundHalfEven } from '../../../../ops/families/elementwise-math.js';
import type { Rounding } from '../../program.js';
import type { Multiplier } from '../../requantize.js';
import { clamp, requantize } from './fixed-point.js';
import { gridsOf, multiplierOf, rangeOf, roundAway } from './grid.js';

/** y = clamp(x · positive, or · negative below zero), from grid to grid. */
export interface Slopes {
  readonly inputZero: number;
  readonly outputZero: number;
  readonly positive: Multiplier;
  readonly negative: Multiplier;
  readonly min: number;
  readonly max: number;
}

const straight = new Set(['Quantize', 'Relu', 'Clip', 'LeakyRelu', 'Abs', 'Neg']);

/**
 * Operators that are a straight line on either side of zero, with TensorFlow Lite Micro's multipliers; undefined for others.
 * Its RELU6 forgets to rescale between grids that differ: there TensorFlow Lite's is followed.
 */
export function slopesOf(node: Node): Slopes | undefined {
  if (!straight.has(node.op)) return undefined;
  const [from, to] = gridsOf(node);
  const [low, high] = rangeOf(node.outputs[0].dtype as 'int8' | 'int16');
  const same = multiplierOf(from.scale / to.scale);
  const base = { inputZero: from.zeroPoint, outputZero: to.zeroPoint, positive: same, negative: same, min: low, max: high };
  const at = (real: number) => to.zeroPoint + roundAway(Math.fround(Math.fround(real) / to.scale));
  const minus = { ...same, multiplier: -same.multiplier };
  switch (node.op) {
    case 'Quantize':
      return base;
    case 'Relu':
      return { ...base, min: Math.max(low, at(0)) };
    case 'Clip': {
      const { min, max } = node.attrs as { min: number; max: number };
      return {
        ...base,
        min: Number.isFinite(min) ? Math.min(high, Math.max(low, at(min))) : low,
        max: Number.isFinite(max) ? Math.max(low, Math.min(high, at(max))) : high,
      };
    }
    case 'LeakyRelu':
      return { ...base, negative: multiplierOf((from.scale * Math.fround(node.attrs.alpha as number)) / to.scale) };
    case 'Abs':
      return { ...base, negative: minus };
    case 'Neg':
      return { ...base, positive: minus, negative: minus };
    default:
      return undefined;
  }
}

/** Whether XNNPACK's int8 kernel, whose multipliers have 8 bits behind the point, would run: it takes no more than 6 dimensions. */
const isCoarse = ({ op, inputs, outputs }: Node): boolean =>
  (op === 'Quantize' || op === 'LeakyRelu') && inputs[0]?.dtype === outputs[0].dtype && outputs[0].shape.length <= 6;

/** y of an int8 or uint8 x. With single rounding XNNPACK's arithmetic where it has a kernel, else TensorFlow Lite's. */
export function evaluateSlopes(s: Slopes, node: Node, rounding: Rounding): (q: number) => number {
  const multipliers = [s.positive, s.negative].map((m) => roundHalfEven(256 * Math.fround((m.multiplier / 2 ** 31) * 2 ** m.shift)));
  // XNNPACK leaves factors outside [2^-8, 2^7] to TensorFlow Lite.
  if (rounding === 'single' && isCoarse(node) && multipliers.every((m) => Math.abs(m) >= 1 && Math.abs(m) <= 32768)) {
    return (q) => {
      const x = q - s.inputZero;
      return clamp(Math.floor((x * multipliers[x < 0 ? 1 : 0] + 128) / 256) + s.outputZero, s.min, s.max);
    };
  }
  const how = node.op === 'Relu' || node.op === 'Clip' ? rounding : 'double';
  return (q) => {
    const x = q - s.inputZero;
    return clamp(requantize(x, x < 0 ? s.negative : s.positive, how) + s.outputZero, s.min, s.max);
  };
}
