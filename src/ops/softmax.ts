import type { Value } from '../ir/graph.js';
import { defineOp, float, int } from './define.js';
import { fileAxis } from './families/axes.js';
import { floatTypes } from './families/elementwise-types.js';
import { widenHalf } from './families/half.js';
import { axisLaw } from './families/layout.js';
import { inferRows, mapRows, rowsCost, withAxisLast } from './families/rows.js';
import { byType } from './families/versions.js';

/** exp(beta·x) along `axis`, over its sum. */
export const softmax = defineOp({
  name: 'Softmax',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axis: int(), beta: float(1) },
  infer: inferRows,
  evaluate: mapRows((row, { beta }: { beta: number }) => {
    let top = -Infinity;
    for (const v of row) top = Math.max(top, beta * v);
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i] = Math.exp(beta * row[i] - top);
    for (let i = 0; i < row.length; i++) row[i] /= sum;
  }),
  layout: axisLaw,
  quantize: { kind: 'fixed', int8: { scale: 1 / 256, zeroPoint: -128 }, int16: true, int16Scale: 1 / 32768, min: 0, max: 1 },
  cost: rowsCost(4),
  onnx: {
    type: 'Softmax',
    types: floatTypes,
    // Before opset 13 the axis means another thing: formats/onnx has a rule for those.
    read: (n) => ({ inputs: [n.input(0)], attrs: { axis: fileAxis(n.int('axis', -1), n.input(0).shape.length, n) } }),
    write: ({ axis, beta }) => (beta === 1 ? { attributes: { axis: { int: axis } } } : null),
  },
  tflite: {
    builtin: 'SOFTMAX',
    options: 'SoftmaxOptions',
    maxRank: 4,
    version: byType({ int8: 2, int16: 3 }),
    read: (op) => ({ inputs: [op.input(0)], attrs: { axis: Math.max(0, op.input(0).shape.length - 1), beta: op.option<number>('beta') } }),
    write: ({ axis, beta }, node) => (axis === node.outputs[0].shape.length - 1 ? { options: { beta } } : null),
  },
  decompose: widenHalf('Softmax', (b, inputs, attrs, _, target) => {
    const x = inputs[0] as Value;
    if (target === 'tflite') return withAxisLast(b, 'Softmax', x, attrs, 4);
    // softmax(x, beta) -> softmax(beta·x)
    return attrs.beta === 1 ? null : [b.op('Softmax', [b.op('Mul', [x, b.scalar(attrs.beta, x.dtype)])], { axis: attrs.axis })];
  }),
});
