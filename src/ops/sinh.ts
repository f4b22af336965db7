import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The hyperbolic sine. */
export const sinh = defineOp({
  name: 'Sinh',
  ...floatUnary(Math.sinh),
  onnx: { type: 'Sinh', types: singleTypes },
  // Near 0 sinh(x) = 2t / (1 - t²) with t = tanh(x / 2), elsewhere (e^x - e^-x) / 2, with e^(x/2) twice lest e^x overflow too soon.
  decompose: either(
    widened('Sinh'),
    formula((f, [x]) => {
      const t = f.op('Tanh', f.mul(x, 0.5));
      const near = f.div(f.add(t, t), f.sub(1, f.mul(t, t)));
      const up = f.exp(f.mul(x, 0.5));
      const down = f.exp(f.mul(x, -0.5));
      const far = f.sub(f.mul(f.mul(up, 0.5), up), f.mul(f.mul(down, 0.5), down));
      return f.where(f.less(f.abs(x), 1), near, far);
    }),
  ),
});
