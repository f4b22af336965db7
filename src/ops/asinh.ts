import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The inverse hyperbolic sine. */
export const asinh = defineOp({
  name: 'Asinh',
  ...floatUnary(Math.asinh),
  onnx: { type: 'Asinh', types: singleTypes },
  // ±log1p(a + a² / (1 + √(a² + 1))) with a = |x|, and ±(log a + log 2) where a² would overflow
  decompose: either(
    widened('Asinh'),
    formula((f, [x]) => {
      const a = f.abs(x);
      const square = f.mul(a, a);
      const near = f.log1p(f.add(a, f.div(square, f.add(1, f.op('Sqrt', f.add(square, 1))))));
      const y = f.where(f.less(a, 1e8), near, f.add(f.log(a), Math.LN2));
      return f.where(f.less(x, 0), f.neg(y), y);
    }),
  ),
});
