import { defineOp } from './define.js';
import { activation } from './families/activation.js';
import { arithmeticTflite, binary, broadcast, broadcastsBeyond4 } from './families/elementwise-binary.js';
import { widened } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';

/** a - b; integers wrap around. */
export const sub = defineOp({
  name: 'Sub',
  ...binary('numbers'),
  attributes: { activation },
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] - b[j];
    },
    big: (x, y) => x - y,
  }),
  quantize: { kind: 'free', int16: true },
  onnx: { type: 'Sub', types: numberTypes },
  tflite: arithmeticTflite('SUB', 'SubOptions', {
    types: ['float32', 'int32', 'int64'],
    version: (_, node) => {
      const { dtype } = node.outputs[0];
      return dtype === 'int16' ? 5 : dtype === 'int64' ? 4 : broadcastsBeyond4(node.inputs) ? 3 : dtype === 'int8' ? 2 : 1;
    },
  }),
  keras: { layer: 'Subtract' },
  decompose: widened('Sub'),
});
