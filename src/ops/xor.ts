import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { formula } from './families/elementwise-formula.js';

/** Exactly one of two booleans. */
export const xor = defineOp({
  name: 'Xor',
  ...binary('booleans'),
  evaluate: broadcast({ row: pairwise((x, y) => x ^ y) }),
  onnx: { type: 'Xor', types: ['bool'] },

  decompose: formula((f, [a, b]) => f.op('NotEqual', a, b)),
});
