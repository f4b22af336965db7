import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** x / (1 + |x|). */
export const softsign = defineOp({
  name: 'Softsign',
  ...floatUnary((x) => x / (1 + Math.abs(x))),
  onnx: { type: 'Softsign', types: singleTypes },
  keras: { activation: 'softsign' },
  decompose: either(
    widened('Softsign'),
    formula((f, [x]) => f.div(x, f.add(f.abs(x), 1))),
  ),
});
