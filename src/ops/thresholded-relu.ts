import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** x where it exceeds alpha, 0 elsewhere. */
export const thresholdedRelu = defineOp({
  name: 'ThresholdedRelu',
  ...unary('floats'),
  attributes: { alpha: float(1) },
  evaluate: mapElements((x, { alpha }: { readonly alpha: number }) => (x > alpha ? x : 0)),
  onnx: { type: 'ThresholdedRelu', attributes: { alpha: 'alpha' }, types: singleTypes },
  decompose: either(
    widened('ThresholdedRelu'),
    formula((f, [x], { alpha }) => f.where(f.op('Greater', x, alpha), x, 0)),
  ),
});
