import type { Tensor } from '../ir/tensor.js';
import { sizeOf } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';

/** The same elements in another shape. `shape` is complete: no -1, no 0 that copies. */
export const reshape = defineOp({
  name: 'Reshape',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { shape: ints() },
  infer: (inputs, attrs) => {
    const x = inputs[0] as Operand;
    if (sizeOf(x.shape) !== sizeOf(attrs.shape) || attrs.shape.some((d) => d < 0)) {
      throw new RangeError(`[${x.shape}] cannot be reshaped to [${attrs.shape}]`);
    }
    return [{ dtype: x.dtype, shape: attrs.shape }];
  },
  evaluate: (inputs, attrs) => [{ ...(inputs[0] as Tensor), shape: attrs.shape }],
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Reshape',
    types: allTypes,
    read: (n) => {
      const x = n.input(0);
      const wanted = n.constantInts(1);
      const zeroCopies = n.int('allowzero', 0) === 0;
      const shape = wanted.map((d, i) => (d === 0 && zeroCopies ? x.shape[i] : d));
      const free = shape.indexOf(-1);
      if (free >= 0) shape[free] = sizeOf(x.shape) / sizeOf(shape.filter((d) => d !== -1)) || 0;
      return { inputs: [x], attrs: { shape } };
    },
    write: ({ shape }, node) => ({
      inputs: [node.inputs[0], { int64: shape }],
      // Without it a 0 stands for the length of the input's axis.
      ...(shape.includes(0) && { attributes: { allowzero: { int: 1 } } }),
    }),
  },
  tflite: {
    builtin: 'RESHAPE',
    options: 'ReshapeOptions',
    types: allTypes,
    maxRank: 8,
    version: () => 1,
    read: (op) => ({ inputs: [op.input(0)], attrs: { shape: [...op.outputs[0].shape] } }),
    write: (attrs, node) => ({ inputs: [node.inputs[0], { int32: attrs.shape }], options: { new_shape: attrs.shape } }),
  },
});
