import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { roundHalfEven } from './families/elementwise-math.js';
import { floatTypes } from './families/elementwise-types.js';

/** The nearest integer, ties to even. */
export const round = defineOp({
  name: 'Round',
  ...floatUnary(roundHalfEven),
  onnx: { type: 'Round', types: floatTypes },
  tflite: { builtin: 'ROUND', types: ['float32'], maxRank: 8 },
  decompose: widened('Round'),
});
