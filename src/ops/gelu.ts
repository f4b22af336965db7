import { bool, defineOp } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { widened } from './families/elementwise-formula.js';
import { erfc } from './families/elementwise-math.js';
import { singleTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** x · Φ(x) with the normal distribution Φ, or with `approximate` its approximation by tanh. */
export const gelu = defineOp({
  name: 'Gelu',
  ...unary('floats'),
  attributes: { approximate: bool(false) },
  evaluate: mapElements((x, { approximate }: { readonly approximate: boolean }) =>
    approximate ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) : 0.5 * x * erfc(-x * Math.SQRT1_2),
  ),
  quantize: { kind: 'free', min: -0.17 },
  onnx: {
    type: 'Gelu',
    since: 20,
    types: singleTypes,
    read: (node) => ({ inputs: node.inputs, attrs: { approximate: node.string('approximate', 'none') === 'tanh' } }),
    write: (attrs) => ({ attributes: { approximate: { string: attrs.approximate ? 'tanh' : 'none' } } }),
  },
  tflite: {
    builtin: 'GELU',
    options: 'GeluOptions',
    types: ['float32'],
    maxRank: 8,
    version: byType({ int8: 2 }),
    read: (op) => ({ inputs: op.inputs, attrs: { approximate: op.option<boolean>('approximate') } }),
    write: (attrs) => ({ options: { approximate: attrs.approximate } }),
  },
  keras: { activation: 'gelu' },
  decompose: widened('Gelu'),
});
