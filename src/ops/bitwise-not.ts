import { defineOp } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { integerTypes } from './families/elementwise-types.js';

/** Every bit of an integer turned over. */
export const bitwiseNot = defineOp({
  name: 'BitwiseNot',
  ...unary('integers'),
  evaluate: mapElements(
    (x) => ~x,
    (x) => ~x,
  ),
  onnx: { type: 'BitwiseNot', types: integerTypes },
  // ~x = -1 - x
  decompose: either(
    widened('BitwiseNot'),
    formula((f, [x]) => (x.dtype === 'int32' || x.dtype === 'int64' ? f.sub(-1, x) : null)),
  ),
});
