import type { Node, Value } from '../ir/graph.js';
import { type Tensor, zeros } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { bool, defineOp } from './define.js';
import { widenHalf } from './families/half.js';
import { evaluatePool, inferPool, type PoolAttrs, poolAttributes, poolCost, readPool, windowTaps, writePool } from './families/pool.js';
import { padSpatially } from './families/spatial-pad.js';
import { byType } from './families/versions.js';

/**
 * The mean of each window: of its elements that lie in the data, or with `countIncludePad` also of the zeros of the padding.
 * What a ceil-mode window has beyond the padding never counts.
 */
export const averagePool2d = defineOp({
  name: 'AveragePool2D',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { ...poolAttributes, countIncludePad: bool(false) },
  infer: inferPool,
  evaluate: (inputs, attrs, outputs) => [
    evaluatePool(
      inputs[0] as Tensor,
      attrs,
      outputs[0],
      0,
      (acc, v) => acc + v,
      (acc, inside, padded) => acc / Math.max(1, attrs.countIncludePad ? padded : inside),
    ),
  ],
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  cost: poolCost,
  tflite: {
    builtin: 'AVERAGE_POOL_2D',
    options: 'Pool2DOptions',
    types: ['float32', 'int8', 'uint8', 'int16'],
    maxRank: 4,
    version: byType({ int8: 2, int16: 3 }),
    read: readPool,
    write: (attrs, node: Node) =>
      attrs.countIncludePad && attrs.pads.some((p) => p > 0) ? null : writePool(attrs, node.inputs[0] as Value, node.outputs[0]),
  },
  // avgpool(x, pads) -> avgpool(pad(x, pads), 0) * area / divisor: the divisor differs where windows lie in the padding.
  // A dilated one is the sum of its taps.
  decompose: widenHalf('AveragePool2D', (b, inputs, attrs, outputs) => {
    const x = inputs[0] as Value;
    const { dtype } = outputs[0];
    if (dtype !== 'float32') return null;
    const padded = padSpatially(b, x, attrs, attrs.kernel, outputs[0], 0);
    if (attrs.dilations.some((d) => d !== 1)) {
      const taps = windowTaps(b, padded ?? x, attrs, outputs[0]);
      if (!taps) return null;
      const sum = taps.reduce((a, v) => b.op('Add', [a, v]));
      return [b.op('Mul', [sum, b.constant(perWindow(x, attrs, outputs[0], (count) => 1 / count))], { activation: attrs.activation })];
    }
    if (!padded) return null;
    const area = attrs.kernel[0] * attrs.kernel[1];
    const factors = perWindow(x, attrs, outputs[0], (count) => area / count);
    const still = { ...attrs, pads: [0, 0, 0, 0], ceil: false, countIncludePad: false };
    if (factors.data.every((f) => f === 1)) return [b.op('AveragePool2D', [padded], still)];
    const mean = b.op('AveragePool2D', [padded], { ...still, activation: 'none' });
    return [b.op('Mul', [mean, b.constant(factors)], { activation: attrs.activation })];
  }),
});

/** f of what each window is divided by, [1,H',W',1]. */
function perWindow(
  x: TypeInfo,
  attrs: PoolAttrs & { readonly countIncludePad: boolean },
  y: TypeInfo,
  f: (count: number) => number,
): Tensor {
  const [, oh, ow] = y.shape;
  return evaluatePool(
    zeros('float32', [1, x.shape[1], x.shape[2], 1]),
    { ...attrs, activation: 'none' },
    { dtype: 'float32', shape: [1, oh, ow, 1] },
    0,
    () => 0,
    (_, inside, padded) => f(Math.max(1, attrs.countIncludePad ? padded : inside)),
  );
}
