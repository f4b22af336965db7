import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** clip(alpha · x + beta, 0, 1). */
export const hardSigmoid = defineOp({
  name: 'HardSigmoid',
  ...unary('floats'),
  attributes: { alpha: float(0.2), beta: float(0.5) },
  evaluate: mapElements((x, { alpha, beta }: { readonly alpha: number; readonly beta: number }) =>
    Math.min(Math.max(alpha * x + beta, 0), 1),
  ),
  onnx: { type: 'HardSigmoid', attributes: { alpha: 'alpha', beta: 'beta' }, types: singleTypes },
  // clip(6 alpha · x + 6 beta, 0, 6) / 6: adding fuses with a clip at 6, and with the usual alpha of 1/6 nothing is multiplied
  decompose: either(
    widened('HardSigmoid'),
    formula((f, [x], { alpha, beta }) => {
      const slope = f.dtype === 'float64' ? 6 * alpha : Math.fround(6 * alpha);
      const sum = f.with('Add', { activation: 'relu6' }, slope === 1 ? x : f.mul(x, slope), 6 * beta);
      return f.mul(sum, 1 / 6);
    }),
  ),
});
