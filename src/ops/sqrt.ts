import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** The square root; NaN below 0. */
export const sqrt = defineOp({
  name: 'Sqrt',
  ...floatUnary(Math.sqrt),
  onnx: { type: 'Sqrt', types: floatTypes },
  tflite: { builtin: 'SQRT', types: ['float32'], maxRank: 8 },
  decompose: widened('Sqrt'),
});
