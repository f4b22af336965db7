import { defineOp } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** |x|. */
export const abs = defineOp({
  name: 'Abs',
  ...unary('numbers'),
  evaluate: mapElements(Math.abs, (x) => (x < 0n ? -x : x)),
  quantize: { kind: 'free', int16: true, min: 0 },
  onnx: { type: 'Abs', types: numberTypes },
  tflite: { builtin: 'ABS', types: ['float32', 'int32'], maxRank: 8, version: byType({ int8: 2, int16: 3, int32: 5 }) },
  decompose: either(
    widened('Abs'),
    formula((f, [x]) => (x.dtype === 'int64' ? f.op('Maximum', x, f.neg(x)) : null)),
  ),
});
