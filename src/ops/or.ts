import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';

/** At least one of two booleans. */
export const or = defineOp({
  name: 'Or',
  ...binary('booleans'),
  evaluate: broadcast({ row: pairwise((x, y) => x | y) }),
  onnx: { type: 'Or', types: ['bool'] },
  tflite: { builtin: 'LOGICAL_OR', types: ['bool'], maxRank: 8 },
});
