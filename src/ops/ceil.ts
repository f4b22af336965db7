import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** The smallest integer from x. */
export const ceil = defineOp({
  name: 'Ceil',
  ...floatUnary(Math.ceil),
  onnx: { type: 'Ceil', types: floatTypes },
  tflite: { builtin: 'CEIL', types: ['float32'], maxRank: 8 },
  decompose: widened('Ceil'),
});
