import type { Node, Value } from '../../../../ir/graph.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { NoKernel, type Target } from '../../program.js';
import { activationBounds, type Multiplier, perTensorOf, quantizeMultiplier, scaleOf } from '../../requantize.js';
import { requantized } from './simulate.js';

/** An output channel of an int8 layer: its filter, and how its sum becomes an output. */
export interface Channel {
  /** `depth` weights. */
  readonly weights: Int8Array;
  /** The bias less the zero point of the input times the sum of the weights: sums are over the raw input. */
  readonly bias: number;
  readonly multiplier: number;
  readonly shift: number;
  /** The least and greatest sum (with bias) that any input gives. */
  readonly low: number;
  readonly high: number;
  /** What is added after scaling: the zero point of the output, or the output itself where no input changes it. */
  readonly offset: number;
}

/** The filters of an int8 layer. */
export interface Filters {
  readonly channels: readonly Channel[];
  /** Weights of a filter. */
  readonly depth: number;
  readonly min: number;
  readonly max: number;
}

/** Checks that a layer's filter and bias are constants, quantized symmetrically. */
export function constantsOf(node: Node): { w: Value; b: Value | null } {
  const [, w, b] = node.inputs as readonly [Value, Value, Value | null | undefined];
  if (!w.data) throw new NoKernel('takes constant weights only');
  if (w.dtype !== 'int8') throw new NoKernel(`takes no ${w.dtype} weights`);
  if (!w.quant) throw new NoKernel(`has '${w.name}' as plain int8, without scale`);
  if (w.quant.zeroPoint.some((z) => z !== 0)) throw new NoKernel('takes weights with zero point 0 only');
  if (b && !b.data) throw new NoKernel('takes a constant bias only');
  return { w, b: b ?? null };
}

/**
 * The multiplier of every output channel (numerics.md §2): scales in float32 as the file has them, their product and quotient
 * in double; a dense layer with one scale for all channels takes the product of input and weights in float32.
 */
export function multipliersOf(node: Node, w: Value, outputs: number): Multiplier[] {
  const sx = perTensorOf(node.inputs[0] as Value).scale;
  const sy = perTensorOf(node.outputs[0]).scale;
  const q = w.quant as NonNullable<Value['quant']>;
  const float = node.op === 'FullyConnected' && q.scale.length === 1;
  return Array.from({ length: outputs }, (_, c) => {
    const product = sx * scaleOf(q, c);
    return quantizeMultiplier((float ? Math.fround(product) : product) / sy);
  });
}

/** The filters of a node whose weights are [outputs, ...]. */
export function filtersOf(node: Node, { rounding }: Target): Filters {
  const { w, b } = constantsOf(node);
  const outputs = w.shape[0];
  const depth = outputs === 0 ? 0 : (w.data as Int8Array).length / outputs;
  const zx = perTensorOf(node.inputs[0] as Value).zeroPoint;
  const zy = perTensorOf(node.outputs[0]).zeroPoint;
  const [min, max] = activationBounds(node.outputs[0], node.attrs.activation as Activation);
  const multipliers = multipliersOf(node, w, outputs);
  const data = w.data as Int8Array;
  const channels = multipliers.map(({ multiplier, shift }, c): Channel => {
    const weights = data.subarray(c * depth, (c + 1) * depth);
    let sum = 0;
    let reach = [0, 0];
    for (const v of weights) {
      sum += v;
      reach = v > 0 ? [reach[0] - 128 * v, reach[1] + 127 * v] : [reach[0] + 127 * v, reach[1] - 128 * v];
    }
    const bias = (b ? Number((b.data as Int32Array)[c]) : 0) - zx * sum;
    const [low, high] = [bias + reach[0], bias + reach[1]];
    const clamp = (x: number) => Math.min(max, Math.max(min, x + zy));
    const at = (x: number) => clamp(requantized(x, multiplier, shift, rounding));
    // Scaling is monotonic: between equal ends nothing changes. Converters give channels that are never used such biases.
    if (canScale(low, shift) && canScale(high, shift) && at(low) === at(high)) {
      return { weights: new Int8Array(depth), bias: 0, multiplier: 0, shift: 0, low: 0, high: 0, offset: at(low) };
    }
    if (!fits(bias) || !fits(low) || !fits(high)) {
      throw new NoKernel(`sums beyond 32 bits in output channel ${c}: the bias is ${bias} on the scale of the products`);
    }
    return { weights, bias, multiplier, shift, low, high, offset: zy };
  });
  return { channels, depth, min, max };
}

const fits = (x: number): boolean => x >= -(2 ** 31) && x < 2 ** 31;
const canScale = (x: number, shift: number): boolean => shift <= 0 || fits(x * 2 ** shift);

/** The largest exponent for which zero point, half and scaled sum stay within 32 bits. */
const maxExponent = 22;

/** Whether every channel scales by a shift to the right, so that `edgeml_requantize_right` gives the same. */
export const shiftsRight = ({ channels }: Filters): boolean =>
  channels.every((c) => c.shift <= 0 && c.shift >= -maxExponent && Math.max(-c.low, c.high) < 2 ** 30 && rightExact(c));

/** Without a shift the half that is added would be half of 1: only a constant channel has none. */
const rightExact = (c: Channel): boolean => c.shift < 0 || c.multiplier === 0;

/** The offset that `edgeml_requantize_right` takes. */
export const rightOffset = ({ shift, offset }: Channel): number => offset * 2 ** -shift + (shift < 0 ? 2 ** (-shift - 1) : 0);
