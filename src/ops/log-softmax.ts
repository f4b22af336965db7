import type { Value } from '../ir/graph.js';
import { defineOp, int } from './define.js';
import { fileAxis } from './families/axes.js';
import { floatTypes } from './families/elementwise-types.js';
import { widenHalf } from './families/half.js';
import { axisLaw } from './families/layout.js';
import { inferRows, mapRows, rowsCost, withAxisLast } from './families/rows.js';
import { byType } from './families/versions.js';

/** x - log Σ exp(x) along `axis`. */
export const logSoftmax = defineOp({
  name: 'LogSoftmax',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axis: int() },
  infer: inferRows,
  evaluate: mapRows((row) => {
    let top = -Infinity;
    for (const v of row) top = Math.max(top, v);
    let sum = 0;
    for (const v of row) sum += Math.exp(v - top);
    const log = Math.log(sum);
    for (let i = 0; i < row.length; i++) row[i] = row[i] - top - log;
  }),
  layout: axisLaw,
  quantize: { kind: 'fixed', int8: { scale: 16 / 256, zeroPoint: 127 }, max: 0 },
  cost: rowsCost(4),
  onnx: {
    type: 'LogSoftmax',
    types: floatTypes,
    // Before opset 13 the axis means another thing: formats/onnx has a rule for those.
    read: (n) => ({ inputs: [n.input(0)], attrs: { axis: fileAxis(n.int('axis', -1), n.input(0).shape.length, n) } }),
    write: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
  },
  tflite: {
    builtin: 'LOG_SOFTMAX',
    options: 'LogSoftmaxOptions',
    types: ['float32', 'int8'],
    version: byType({ int8: 2 }),
    read: (op) => ({ inputs: [op.input(0)], attrs: { axis: Math.max(0, op.input(0).shape.length - 1) } }),
    write: ({ axis }, node) => (axis === node.outputs[0].shape.length - 1 ? {} : null),
  },
  decompose: widenHalf('LogSoftmax', (b, inputs, attrs, _, target) =>
    target === 'tflite' ? withAxisLast(b, 'LogSoftmax', inputs[0] as Value, attrs, 5) : null,
  ),
});
