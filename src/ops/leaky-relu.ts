import { defineOp, float } from './define.js';
import { mapWhole, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** x where it is positive, alpha · x elsewhere. */
export const leakyRelu = defineOp({
  name: 'LeakyRelu',
  ...unary('floats'),
  attributes: { alpha: float(0.01) },
  evaluate: mapWhole((x, y, { alpha }: { readonly alpha: number }) => {
    for (let i = 0; i < x.length; i++) y[i] = Math.max(x[i], 0) + alpha * Math.min(x[i], 0);
  }),
  quantize: { kind: 'free', int16: true },
  onnx: { type: 'LeakyRelu', attributes: { alpha: 'alpha' }, types: singleTypes },
  tflite: {
    builtin: 'LEAKY_RELU',
    options: 'LeakyReluOptions',
    types: ['float32'],
    maxRank: 8,
    version: byType({ int16: 2 }),
    read: (op) => ({ inputs: op.inputs, attrs: { alpha: op.option<number>('alpha') } }),
    write: (attrs) => ({ options: { alpha: attrs.alpha } }),
  },
  decompose: either(
    widened('LeakyRelu'),
    formula((f, [x], { alpha }) => (x.dtype === 'float64' ? f.where(f.less(x, 0), f.mul(x, alpha), x) : null)),
  ),
});
