import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { integerTypes } from './families/elementwise-types.js';

/** The bits that are set in one of two integers only. */
export const bitwiseXor = defineOp({
  name: 'BitwiseXor',
  ...binary('integers'),
  evaluate: broadcast({ row: pairwise((x, y) => x ^ y), big: (x, y) => x ^ y }),
  onnx: { type: 'BitwiseXor', types: integerTypes },
  tflite: { builtin: 'BITWISE_XOR', types: ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'], maxRank: 8 },
});
