import { isInteger } from '../ir/types.js';
import { defineOp } from './define.js';
import { mapWhole, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** max(x, 0). */
export const relu = defineOp({
  name: 'Relu',
  ...unary('numbers'),
  evaluate: mapWhole(
    (x, y) => {
      for (let i = 0; i < x.length; i++) y[i] = Math.max(x[i], 0);
    },
    (x) => (x < 0n ? 0n : x),
  ),
  quantize: { kind: 'free', int16: true, min: 0 },
  onnx: { type: 'Relu', types: [...floatTypes, 'int8', 'int32'] },
  tflite: { builtin: 'RELU', types: ['float32'], maxRank: 8, version: byType({ int8: 2, int16: 3 }) },
  keras: { layer: 'ReLU', activation: 'relu' },
  decompose: either(
    widened('Relu'),
    formula((f, [x]) => (isInteger(x.dtype) ? f.op('Maximum', x, 0) : null)),
  ),
});
