import { defineOp } from './define.js';
import { mapElements, unary } from './families/elementwise.js';

/** A boolean turned over. */
export const not = defineOp({
  name: 'Not',
  ...unary('booleans'),
  evaluate: mapElements((x) => x ^ 1),
  onnx: { type: 'Not', types: ['bool'] },
  tflite: { builtin: 'LOGICAL_NOT', types: ['bool'], maxRank: 8 },
});
