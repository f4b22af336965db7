import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** The natural logarithm: -∞ at 0, NaN below. */
export const log = defineOp({
  name: 'Log',
  ...floatUnary(Math.log),
  quantize: { kind: 'free', int16: true },
  onnx: { type: 'Log', types: floatTypes },
  tflite: { builtin: 'LOG', types: ['float32'], maxRank: 8, version: byType({ int8: 2, int16: 2 }) },
  decompose: widened('Log'),
});
