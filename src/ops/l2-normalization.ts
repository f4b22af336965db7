import type { Value } from '../ir/graph.js';
import { defineOp, float, int } from './define.js';
import { fileAxis } from './families/axes.js';
import { widenHalf } from './families/half.js';
import { axisLaw } from './families/layout.js';
import { inferRows, mapRows, rowsCost, withAxisLast } from './families/rows.js';
import { byType } from './families/versions.js';

/** x / max(‖x‖₂, epsilon) along `axis`. */
export const l2Normalization = defineOp({
  name: 'L2Normalization',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axis: int(), epsilon: float(1e-6) },
  infer: inferRows,
  evaluate: mapRows((row, { epsilon }: { epsilon: number }) => {
    let sum = 0;
    for (const v of row) sum += v * v;
    const norm = Math.max(Math.sqrt(sum), epsilon);
    for (let i = 0; i < row.length; i++) row[i] /= norm;
  }),
  layout: axisLaw,
  quantize: { kind: 'fixed', int8: { scale: 1 / 128, zeroPoint: 0 }, min: -1, max: 1 },
  cost: rowsCost(2),
  onnx: {
    type: 'LpNormalization',
    read: (n) => {
      if (n.int('p', 2) !== 2) n.refuse(`has p = ${n.int('p', 2)}; only p = 2 is supported`);
      return { inputs: [n.input(0)], attrs: { axis: fileAxis(n.int('axis', -1), n.input(0).shape.length, n), epsilon: 1e-12 } };
    },
    // It divides by the norm, however small.
    write: () => null,
  },
  tflite: {
    builtin: 'L2_NORMALIZATION',
    options: 'L2NormOptions',
    types: ['float32', 'int8', 'uint8'],
    maxRank: 4,
    version: byType({ int8: 2 }),
    read: (op) => {
      if (op.option('fused_activation_function') !== 'NONE') op.refuse('has a fused activation, which no kernel runs');
      return { inputs: [op.input(0)], attrs: { axis: Math.max(0, op.input(0).shape.length - 1) } };
    },
    // The kernels' epsilon is 1e-6 or none; both are far below any norm that matters.
    write: ({ axis, epsilon }, node) => (axis === node.outputs[0].shape.length - 1 && epsilon <= 1e-6 ? {} : null),
  },
  decompose: widenHalf('L2Normalization', (b, inputs, attrs, _, target) => {
    const x = inputs[0] as Value;
    const last = target === 'tflite' && attrs.epsilon <= 1e-6 ? withAxisLast(b, 'L2Normalization', x, attrs, 4) : null;
    if (last) return last;
    const norm = b.op('ReduceL2', [x], { axes: [attrs.axis] });
    return [b.op('Div', [x, b.op('Maximum', [norm, b.scalar(attrs.epsilon, x.dtype)])])];
  }),
});
