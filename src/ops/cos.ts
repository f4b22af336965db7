import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** The cosine of an angle in radians. */
export const cos = defineOp({
  name: 'Cos',
  ...floatUnary(Math.cos),
  onnx: { type: 'Cos', types: floatTypes },
  tflite: { builtin: 'COS', types: ['float32'], maxRank: 8 },
  decompose: widened('Cos'),
});
