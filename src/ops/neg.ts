import { defineOp } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floatTypes, signedTypes } from './families/elementwise-types.js';

/** -x. */
export const neg = defineOp({
  name: 'Neg',
  ...unary('signed numbers'),
  evaluate: mapElements(
    (x) => -x,
    (x) => -x,
  ),
  onnx: { type: 'Neg', types: [...floatTypes, ...signedTypes] },
  tflite: { builtin: 'NEG', types: ['float32', 'int32', 'int64'], maxRank: 8 },
  decompose: either(
    widened('Neg'),
    formula((f, [x]) => f.mul(x, -1)),
  ),
});
