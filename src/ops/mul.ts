import type { Node } from '../ir/graph.js';
import { defineOp } from './define.js';
import { activation } from './families/activation.js';
import { arithmeticTflite, binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { widened } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';

/** The factor from the product of the integers to the result's grid. Version 3 says that it may be 1 or more. */
function rescale(node: Node): number {
  const [a, b, y] = [...node.inputs, ...node.outputs].map((v) => v?.quant?.scale[0] ?? 0);
  return (a * b) / y;
}

/** a · b; integers wrap around. */
export const mul = defineOp({
  name: 'Mul',
  ...binary('numbers'),
  attributes: { activation },
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] * b[j];
    },
    integer: pairwise(Math.imul),
    big: (x, y) => x * y,
  }),
  quantize: { kind: 'free', int16: true },
  onnx: { type: 'Mul', types: numberTypes },
  tflite: arithmeticTflite('MUL', 'MulOptions', {
    types: ['float32', 'int32', 'int64'],
    version: (_, node) => {
      const { dtype } = node.outputs[0];
      if (dtype === 'int8' && rescale(node) >= 1) return 3;
      return dtype === 'int64' ? 5 : dtype === 'int16' ? 4 : dtype === 'int8' ? 2 : 1;
    },
  }),
  keras: { layer: 'Multiply' },
  decompose: widened('Mul'),
});
