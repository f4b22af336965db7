import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** The sine of an angle in radians. */
export const sin = defineOp({
  name: 'Sin',
  ...floatUnary(Math.sin),
  onnx: { type: 'Sin', types: floatTypes },
  tflite: { builtin: 'SIN', types: ['float32'], maxRank: 8 },
  decompose: widened('Sin'),
});
