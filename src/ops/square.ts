import { defineOp } from './define.js';
import { unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { mul } from './mul.js';

/** x²; integers wrap around. */
export const square = defineOp({
  name: 'Square',
  ...unary('numbers'),
  evaluate: (inputs, _, outputs) => mul.evaluate([inputs[0], inputs[0]], { activation: 'none' }, outputs),
  tflite: { builtin: 'SQUARE', types: ['float32'], maxRank: 8 },
  decompose: either(
    widened('Square'),
    formula((f, [x]) => f.mul(x, x)),
  ),
});
