import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { integerTypes } from './families/elementwise-types.js';

/** The bits that are set in either of two integers. */
export const bitwiseOr = defineOp({
  name: 'BitwiseOr',
  ...binary('integers'),
  evaluate: broadcast({ row: pairwise((x, y) => x | y), big: (x, y) => x | y }),
  onnx: { type: 'BitwiseOr', types: integerTypes },

  // a | b = (a & b) + (a ^ b), which share no bit
  decompose: either(
    widened('BitwiseOr', 'int32'),
    formula((f, [a, b]) => (a.dtype === 'int32' ? f.add(f.op('BitwiseAnd', a, b), f.op('BitwiseXor', a, b)) : null)),
  ),
});
