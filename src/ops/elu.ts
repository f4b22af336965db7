import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** x where it is positive, alpha · (e^x - 1) elsewhere. */
export const elu = defineOp({
  name: 'Elu',
  ...unary('floats'),
  attributes: { alpha: float(1) },
  evaluate: mapElements((x, { alpha }: { readonly alpha: number }) => (x > 0 ? x : alpha * Math.expm1(x))),
  quantize: { kind: 'free' },
  onnx: { type: 'Elu', attributes: { alpha: 'alpha' }, types: singleTypes },
  tflite: { builtin: 'ELU', types: ['float32'], maxRank: 8, version: () => 1, write: (attrs) => (attrs.alpha === 1 ? {} : null) },
  keras: { activation: 'elu' },
  decompose: either(
    widened('Elu'),
    // relu(x) + alpha · elu(min(x, 0))
    formula((f, [x], { alpha }) => (alpha === 1 ? null : f.add(f.op('Relu', x), f.mul(f.op('Elu', f.op('Minimum', x, 0)), alpha)))),
  ),
});
