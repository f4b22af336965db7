import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** 1 / x. */
export const reciprocal = defineOp({
  name: 'Reciprocal',
  ...floatUnary((x) => 1 / x),
  onnx: { type: 'Reciprocal', types: floatTypes },
  decompose: either(
    widened('Reciprocal'),
    formula((f, [x]) => f.div(1, x)),
  ),
});
