import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { sigmoid as logistic } from './families/elementwise-math.js';
import { floatTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** 1 / (1 + e^-x). */
export const sigmoid = defineOp({
  name: 'Sigmoid',
  ...floatUnary(logistic),
  quantize: { kind: 'fixed', int8: { scale: 1 / 256, zeroPoint: -128 }, int16Scale: 1 / 32768, int16: true },
  onnx: { type: 'Sigmoid', types: floatTypes },
  tflite: { builtin: 'LOGISTIC', types: ['float32'], maxRank: 8, version: byType({ int8: 2, int16: 3 }) },
  keras: { activation: 'sigmoid' },
  decompose: widened('Sigmoid'),
});
