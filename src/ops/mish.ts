import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { softplus } from './families/elementwise-math.js';
import { singleTypes } from './families/elementwise-types.js';

/** x · tanh(log(1 + e^x)). */
export const mish = defineOp({
  name: 'Mish',
  ...floatUnary((x) => x * Math.tanh(softplus(x))),
  onnx: { type: 'Mish', types: singleTypes },
  keras: { activation: 'mish' },
  decompose: either(
    widened('Mish'),
    formula((f, [x]) => f.mul(x, f.op('Tanh', f.op('Softplus', x)))),
  ),
});
