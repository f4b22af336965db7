import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { defineOp } from './define.js';
import { unary } from './families/elementwise.js';
import { allTypes } from './families/elementwise-types.js';

/** x itself. */
export const identity = defineOp({
  name: 'Identity',
  ...unary('any type'),
  evaluate: (inputs) => [inputs[0] as Tensor],
  onnx: { type: 'Identity', types: allTypes },
  decompose: (_, inputs) => [inputs[0] as Value],
});
