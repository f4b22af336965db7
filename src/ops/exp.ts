import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** e to the power x. */
export const exp = defineOp({
  name: 'Exp',
  ...floatUnary(Math.exp),
  quantize: { kind: 'free', int16: true, min: 0 },
  onnx: { type: 'Exp', types: floatTypes },
  tflite: { builtin: 'EXP', types: ['float32'], maxRank: 8, version: byType({ int8: 2, int16: 2 }) },
  keras: { activation: 'exponential' },
  decompose: widened('Exp'),
});
