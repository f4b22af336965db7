import type { Node, Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { defineOp } from './define.js';
import { fusable } from './families/activation.js';
import { larger, limits } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { evaluatePool, inferPool, poolAttributes, poolCost, readPool, windowTaps, writePool } from './families/pool.js';
import { padSpatially } from './families/spatial-pad.js';
import { byType } from './families/versions.js';

/** The largest element of each window; the padding takes no part. */
export const maxPool2d = defineOp({
  name: 'MaxPool2D',
  inputs: ['x'],
  outputs: ['y'],
  attributes: poolAttributes,
  infer: inferPool,
  evaluate: (inputs, attrs, outputs) => [
    evaluatePool(inputs[0] as Tensor, attrs, outputs[0], Number(limits(outputs[0].dtype).low), larger, (acc) => acc),
  ],
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  cost: poolCost,
  tflite: {
    builtin: 'MAX_POOL_2D',
    options: 'Pool2DOptions',
    types: ['float32', 'int8', 'uint8', 'int16'],
    maxRank: 4,
    version: byType({ int8: 2, int16: 3 }),
    read: readPool,
    write: (attrs, node: Node) => writePool(attrs, node.inputs[0] as Value, node.outputs[0]),
  },
  // maxpool(x, pads) -> maxpool(pad(x, pads, lowest value), 0): what no padding name says. A dilated one is the maximum of its taps.
  decompose: widenHalf('MaxPool2D', (b, inputs, attrs, outputs) => {
    const x = inputs[0] as Value;
    const padded = padSpatially(b, x, attrs, attrs.kernel, outputs[0], Number(limits(x.dtype).low));
    if (attrs.dilations.every((d) => d === 1)) {
      return padded && [b.op('MaxPool2D', [padded], { ...attrs, pads: [0, 0, 0, 0], ceil: false })];
    }
    const taps = windowTaps(b, padded ?? x, attrs, outputs[0]);
    if (!taps) return null;
    const top = taps.reduce((a, v) => b.op('Maximum', [a, v]));
    const [min, max] = fusable[attrs.activation];
    return [attrs.activation === 'none' ? top : b.op('Clip', [top], { min, max })];
  }),
});
