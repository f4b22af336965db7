import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { softplus as logOnePlusExp } from './families/elementwise-math.js';
import { singleTypes } from './families/elementwise-types.js';

/** log(1 + e^x). */
export const softplus = defineOp({
  name: 'Softplus',
  ...floatUnary(logOnePlusExp),
  onnx: { type: 'Softplus', types: singleTypes },
  keras: { activation: 'softplus' },
  // max(x, 0) + log(1 + e^-|x|): nothing in it is larger than x or 1
  decompose: either(
    widened('Softplus'),
    formula((f, [x]) => f.add(f.op('Relu', x), f.log(f.add(f.exp(f.neg(f.abs(x))), 1)))),
  ),
});
