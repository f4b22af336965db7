import { defineOp } from './define.js';
import { fileAxis } from './families/axes.js';
import { cumulation, onnxCumulation } from './families/cumulate.js';
import { widenHalf } from './families/half.js';

export const cumSum = defineOp({
  name: 'CumSum',
  ...cumulation(0, (acc, v) => acc + v),
  onnx: onnxCumulation('CumSum'),
  tflite: {
    builtin: 'CUMSUM',
    options: 'CumsumOptions',
    types: ['float32', 'int32', 'int64'],
    read: (op) => ({
      inputs: [op.input(0)],
      attrs: {
        axis: fileAxis(op.constantInts(1)[0], op.input(0).shape.length, op),
        exclusive: op.option<boolean>('exclusive'),
        reverse: op.option<boolean>('reverse'),
      },
    }),
    write: ({ axis, exclusive, reverse }, node) => ({
      inputs: [node.inputs[0], { int32: [axis], shape: [] }],
      options: { exclusive, reverse },
    }),
  },
  decompose: widenHalf('CumSum'),
});
