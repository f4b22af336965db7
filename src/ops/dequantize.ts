import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { defineOp, type Operand } from './define.js';
import { perElement } from './families/elementwise.js';
import { dequantizeTo, needQuant } from './families/elementwise-quantized.js';

/** The reals that the integers of the input stand for: scale · (x - zeroPoint), in float32. */
export const dequantize = defineOp({
  name: 'Dequantize',
  inputs: ['x'],
  outputs: ['y'],
  attributes: {},
  infer: (inputs) => [{ dtype: 'float32', shape: (inputs[0] as Operand).shape }],
  evaluate: (inputs, _, outputs) => {
    const x = inputs[0] as Tensor;
    return [{ dtype: 'float32', shape: outputs[0].shape, data: dequantizeTo(x, needQuant(x, 'input')) }];
  },
  layout: 'elementwise',
  cost: perElement(1),
  tflite: {
    builtin: 'DEQUANTIZE',
    types: ['int8', 'uint8', 'int16', 'int32'],
    maxRank: 8,
    version: (_, node) => {
      const { dtype, quant } = node.inputs[0] as Value;
      return dtype === 'int16' ? 3 : dtype === 'int8' ? (quant?.axis !== undefined ? 5 : 2) : 1;
    },
  },
});
