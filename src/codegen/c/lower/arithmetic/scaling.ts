import type { Node, Value } from '../../../../ir/graph.js';
import { NoKernel } from '../../program.js';
import { type Multiplier, perTensorOf, quantizeMultiplier } from '../../requantize.js';

/** How a sum or difference of quantized values is worked out in integers. */
export interface Scaling {
  readonly leftShift: number;
  readonly a: Multiplier;
  readonly b: Multiplier;
  readonly out: Multiplier;
}

/**
 * Numbers of TensorFlow Lite Micro's prepare (numerics.md §2): ADD works them out in double, SUB in float32.
 * Throws NoKernel where the scale of the output is so small that a factor is 1 or more.
 */
export function scalingOf(node: Node): Scaling {
  const [a, b, y] = [...node.inputs, node.outputs[0]].map((v) => perTensorOf(v as Value).scale);
  const f = node.op === 'Sub' ? Math.fround : (x: number) => x;
  const leftShift = node.outputs[0].dtype === 'int16' ? 15 : 20;
  const twice = f(2 * Math.max(a, b));
  const out = f(twice / f(2 ** leftShift * y));
  if (out >= 1) throw new NoKernel(`has an output scale of ${y}, too small beside those of its inputs`);
  return { leftShift, a: quantizeMultiplier(f(a / twice)), b: quantizeMultiplier(f(b / twice)), out: quantizeMultiplier(out) };
}
