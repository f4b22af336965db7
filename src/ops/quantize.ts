import type { Value } from '../ir/graph.js';
import { type Tensor, toNumbers } from '../ir/tensor.js';
import { dtypes, sizeOf } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { perElement } from './families/elementwise.js';
import { roundHalfEven } from './families/elementwise-math.js';
import { channelOf, dequantizeTo, needQuant } from './families/elementwise-quantized.js';
import { limits } from './families/exact.js';

/**
 * Floats, or integers on another grid, to the integers of the output's `quant`: round(x / scale) + zeroPoint, saturated.
 * Ties go to even, as in ONNX and XNNPACK (TFLite's reference kernel takes them away from 0); NaN becomes the zero point.
 */
export const quantize = defineOp({
  name: 'Quantize',
  inputs: ['x'],
  outputs: ['y'],
  attributes: {},
  // Which integers is the output value's own affair: verification leaves quantized values their type.
  infer: (inputs) => [{ dtype: 'int8', shape: (inputs[0] as Operand).shape }],
  evaluate: (inputs, _, outputs) => {
    const x = inputs[0] as Tensor & Pick<Value, 'quant'>;
    const { dtype, shape } = outputs[0];
    const quant = needQuant(outputs[0], 'output');
    const from = x.quant ? dequantizeTo(x, x.quant) : toNumbers(x);
    const { low, high } = limits(dtype);
    const data = new dtypes[dtype].array(sizeOf(shape));
    const channel = channelOf(quant, shape);
    for (let i = 0; i < data.length; i++) {
      const c = channel(i);
      const q = roundHalfEven(Math.fround(from[i] / quant.scale[c])) + quant.zeroPoint[c];
      data[i] = Number.isNaN(q) ? quant.zeroPoint[c] : q < low ? low : q > high ? high : q;
    }
    return [{ dtype, shape, data, quant } as Tensor];
  },
  layout: 'elementwise',
  cost: perElement(1),
  tflite: {
    builtin: 'QUANTIZE',
    types: ['float32', 'int8', 'uint8', 'int16', 'int32'],
    maxRank: 8,
    version: (_, node) => {
      const [y] = node.outputs;
      return y.quant?.axis !== undefined ? 3 : y.dtype === 'int16' ? 2 : 1;
    },
  },
});
