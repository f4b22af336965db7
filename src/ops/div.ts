import { defineOp } from './define.js';
import { activation } from './families/activation.js';
import { arithmeticTflite, binary, broadcast, broadcastsBeyond4 } from './families/elementwise-binary.js';
import { widened } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';

/** a / b; integers are truncated towards 0, and division of one by 0 gives 0 (C leaves it undefined). */
export const div = defineOp({
  name: 'Div',
  ...binary('numbers'),
  attributes: { activation },
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] / b[j];
    },
    big: (x, y) => (y === 0n ? 0n : x / y),
  }),
  // No `quantize`: LiteRT's int8 kernel throws results near the end of the range over to the other end.
  onnx: { type: 'Div', types: numberTypes },
  tflite: arithmeticTflite('DIV', 'DivOptions', {
    types: ['float32', 'int32'],
    version: (_, node) => (broadcastsBeyond4(node.inputs) ? 2 : 1),
  }),

  decompose: widened('Div'),
});
