import { defineOp } from './define.js';
import { activation } from './families/activation.js';
import { arithmeticTflite, binary, broadcast } from './families/elementwise-binary.js';
import { widened } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** a + b; integers wrap around. */
export const add = defineOp({
  name: 'Add',
  ...binary('numbers'),
  attributes: { activation },
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] + b[j];
    },
    big: (x, y) => x + y,
  }),
  quantize: { kind: 'free', int16: true },
  onnx: { type: 'Add', types: numberTypes },
  tflite: arithmeticTflite('ADD', 'AddOptions', {
    types: ['float32', 'int32', 'int64'],
    version: byType({ int8: 2, int16: 3, int64: 4 }),
  }),
  keras: { layer: 'Add' },
  decompose: widened('Add'),
});
