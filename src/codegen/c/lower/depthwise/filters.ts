import type { Node, Value } from '../../../../ir/graph.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { NoKernel } from '../../program.js';
import { activationBounds, type Multiplier, perTensorOf } from '../../requantize.js';
import { constantsOf, multipliersOf } from '../convolution/channels.js';

/** An output channel of an int8 depthwise layer. */
export interface Filter extends Multiplier {
  readonly bias: number;
  /** The sum of its weights. */
  readonly sum: number;
  /** The greatest magnitude that the sum with bias has on its way, whatever the input and the taps that take part. */
  readonly reach: number;
}

/** The filters of a depthwise layer. */
export interface Filters {
  readonly filters: readonly Filter[];
  /** [kh, kw, channels · multiplier]. */
  readonly weights: Int8Array;
  readonly zeroPoint: number;
  readonly outZeroPoint: number;
  readonly min: number;
  readonly max: number;
}

/** The filters of an int8 node. Throws NoKernel where weights or bias are no constants, or a sum does not fit 32 bits. */
export function filtersOf(node: Node): Filters {
  const { w, b } = constantsOf(node);
  const outputs = w.shape[3];
  const weights = w.data as Int8Array;
  const zeroPoint = perTensorOf(node.inputs[0] as Value).zeroPoint;
  const [min, max] = activationBounds(node.outputs[0], node.attrs.activation as Activation);
  const filters = multipliersOf(node, w, outputs).map((m, c): Filter => {
    const bias = b ? Number((b.data as Int32Array)[c]) : 0;
    let sum = 0;
    let magnitude = 0;
    for (let i = c; i < weights.length; i += outputs) {
      sum += weights[i];
      magnitude += Math.abs(weights[i]);
    }
    // |x - zeroPoint| is at most 255, and so is |x| + |zeroPoint|: either way of summing stays within.
    const reach = Math.abs(bias) + 256 * magnitude;
    if (reach >= 2 ** 31)
      throw new NoKernel(`sums beyond 32 bits in output channel ${c}: the bias is ${bias} on the scale of the products`);
    return { ...m, bias, sum, reach };
  });
  return { filters, weights, zeroPoint, outZeroPoint: perTensorOf(node.outputs[0]).zeroPoint, min, max };
}

/** The largest exponent for which zero point, half and scaled sum stay within 32 bits. */
const maxExponent = 22;

/** Whether every filter scales by a shift to the right, so that `edgeml_requantize_right` gives the same. */
export const shiftsRight = ({ filters }: Filters): boolean =>
  filters.every(({ shift, reach }) => shift < 0 && shift >= -maxExponent && reach < 2 ** 30);

/** The zero point of the output as `edgeml_requantize_right` takes it: before the shift, with the half that rounds. */
export const rightOffset = (outZeroPoint: number, shift: number): number => outZeroPoint * 2 ** -shift + 2 ** (-shift - 1);
