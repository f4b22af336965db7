import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** gamma · x where x is positive, gamma · alpha · (e^x - 1) elsewhere. */
export const selu = defineOp({
  name: 'Selu',
  ...unary('floats'),
  attributes: { alpha: float(1.6732631921768188), gamma: float(1.0507010221481323) },
  evaluate: mapElements(
    (x, { alpha, gamma }: { readonly alpha: number; readonly gamma: number }) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
  ),
  onnx: { type: 'Selu', attributes: { alpha: 'alpha', gamma: 'gamma' }, types: singleTypes },
  keras: { activation: 'selu' },
  // gamma · relu(x) + gamma · alpha · elu(min(x, 0))
  decompose: either(
    widened('Selu'),
    formula((f, [x], { alpha, gamma }) => {
      const below = f.mul(f.op('Elu', f.op('Minimum', x, 0)), gamma * alpha);
      return f.add(f.mul(f.op('Relu', x), gamma), below);
    }),
  ),
});
