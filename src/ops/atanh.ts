import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The inverse hyperbolic tangent: ±∞ at ±1, NaN beyond. */
export const atanh = defineOp({
  name: 'Atanh',
  ...floatUnary(Math.atanh),
  onnx: { type: 'Atanh', types: singleTypes },
  // ±log1p(2a / (1 - a)) / 2 with a = |x|
  decompose: either(
    widened('Atanh'),
    formula((f, [x]) => {
      const a = f.abs(x);
      const y = f.mul(f.log1p(f.div(f.add(a, a), f.sub(1, a))), 0.5);
      return f.where(f.less(x, 0), f.neg(y), y);
    }),
  ),
});
