import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The hyperbolic cosine. */
export const cosh = defineOp({
  name: 'Cosh',
  ...floatUnary(Math.cosh),
  onnx: { type: 'Cosh', types: singleTypes },
  // (e^x + e^-x) / 2, with e^(x/2) twice lest e^x overflow too soon
  decompose: either(
    widened('Cosh'),
    formula((f, [x]) => {
      const up = f.exp(f.mul(x, 0.5));
      const down = f.exp(f.mul(x, -0.5));
      return f.add(f.mul(f.mul(up, 0.5), up), f.mul(f.mul(down, 0.5), down));
    }),
  ),
});
