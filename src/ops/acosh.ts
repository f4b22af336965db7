import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The inverse hyperbolic cosine; NaN below 1. */
export const acosh = defineOp({
  name: 'Acosh',
  ...floatUnary(Math.acosh),
  onnx: { type: 'Acosh', types: singleTypes },
  // log1p(t + √(t (x + 1))) with t = x - 1, and log x + log 2 where the square would overflow
  decompose: either(
    widened('Acosh'),
    formula((f, [x]) => {
      const t = f.sub(x, 1);
      const near = f.log1p(f.add(t, f.op('Sqrt', f.mul(t, f.add(x, 1)))));
      return f.where(f.less(f.abs(x), 1e8), near, f.add(f.log(x), Math.LN2));
    }),
  ),
});
