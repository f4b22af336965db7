import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** The hyperbolic tangent. */
export const tanh = defineOp({
  name: 'Tanh',
  ...floatUnary(Math.tanh),
  quantize: { kind: 'fixed', int8: { scale: 1 / 128, zeroPoint: 0 }, int16Scale: 1 / 32768, int16: true },
  onnx: { type: 'Tanh', types: floatTypes },
  tflite: { builtin: 'TANH', types: ['float32'], maxRank: 8, version: byType({ int8: 2, int16: 3 }) },
  keras: { activation: 'tanh' },
  decompose: widened('Tanh'),
});
