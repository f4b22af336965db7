import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';

/** Both of two booleans. */
export const and = defineOp({
  name: 'And',
  ...binary('booleans'),
  evaluate: broadcast({ row: pairwise((x, y) => x & y) }),
  onnx: { type: 'And', types: ['bool'] },
  tflite: { builtin: 'LOGICAL_AND', types: ['bool'], maxRank: 8 },
});
