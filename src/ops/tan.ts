import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The tangent of an angle in radians. */
export const tan = defineOp({
  name: 'Tan',
  ...floatUnary(Math.tan),
  onnx: { type: 'Tan', types: singleTypes },
  decompose: either(
    widened('Tan'),
    formula((f, [x]) => f.div(f.op('Sin', x), f.op('Cos', x))),
  ),
});
