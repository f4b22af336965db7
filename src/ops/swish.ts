import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** x / (1 + e^(-alpha · x)). */
export const swish = defineOp({
  name: 'Swish',
  ...unary('floats'),
  attributes: { alpha: float(1) },
  evaluate: mapElements((x, { alpha }: { readonly alpha: number }) => x / (1 + Math.exp(-alpha * x))),
  onnx: {
    type: 'Swish',
    attributes: { alpha: 'alpha' },
    types: floatTypes,
    since: 24,
    write: (_, __, opset) => (opset >= 24 ? {} : null),
  },
  keras: { activation: 'silu' },
  decompose: either(
    widened('Swish'),
    formula((f, [x], { alpha }) => {
      // onnxruntime fuses x · sigmoid(x) into an operator that it has no float64 kernel for.
      if (x.dtype === 'float64') return f.div(x, f.add(f.exp(f.mul(x, -alpha)), 1));
      return f.mul(x, f.op('Sigmoid', alpha === 1 ? x : f.mul(x, alpha)));
    }),
  ),
});
