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
  // A node of its own, which an output that is an input needs; elsewhere passes take it away.
  decompose: (b, inputs, _, outputs) => [b.op('Reshape', inputs, { shape: outputs[0].shape })],
});
