import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';

/** max(x, 0) + min(alpha · (e^(x/alpha) - 1), 0). */
export const celu = defineOp({
  name: 'Celu',
  ...unary('floats'),
  attributes: { alpha: float(1) },
  evaluate: mapElements((x, { alpha }: { readonly alpha: number }) => Math.max(x, 0) + Math.min(alpha * Math.expm1(x / alpha), 0)),
  keras: { activation: 'celu' },
  onnx: { type: 'Celu', attributes: { alpha: 'alpha' }, types: ['float32'] },
  decompose: either(
    widened('Celu'),
    // alpha · elu(x / alpha), for alpha > 0
    formula((f, [x], { alpha }) => {
      if (!(alpha > 0)) return null;
      return alpha === 1 ? f.op('Elu', x) : f.mul(f.op('Elu', f.mul(x, 1 / alpha)), alpha);
    }),
  ),
});
