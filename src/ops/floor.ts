import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** The largest integer up to x. */
export const floor = defineOp({
  name: 'Floor',
  ...floatUnary(Math.floor),
  onnx: { type: 'Floor', types: floatTypes },
  tflite: { builtin: 'FLOOR', types: ['float32'], maxRank: 8 },
  decompose: widened('Floor'),
});
