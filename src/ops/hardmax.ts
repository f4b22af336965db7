import { defineOp, int } from './define.js';
import { fileAxis } from './families/axes.js';
import { singleTypes } from './families/elementwise-types.js';
import { axisLaw } from './families/layout.js';
import { inferRows, mapRows, rowsCost } from './families/rows.js';

/** 1 at the first of the largest elements along `axis`, 0 elsewhere. */
export const hardmax = defineOp({
  name: 'Hardmax',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axis: int() },
  infer: inferRows,
  evaluate: mapRows((row) => {
    const at = row.reduce((best, v, i) => (v > row[best] ? i : best), 0);
    row.fill(0);
    if (row.length > 0) row[at] = 1;
  }),
  layout: axisLaw,
  cost: rowsCost(1),
  onnx: {
    type: 'Hardmax',
    types: singleTypes,
    // Before opset 13 the axis means another thing: formats/onnx has a rule for those.
    read: (n) => ({ inputs: [n.input(0)], attrs: { axis: fileAxis(n.int('axis', -1), n.input(0).shape.length, n) } }),
    write: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
  },
  // hardmax(x) -> onehot(argmax(x))
  decompose: (b, [x], { axis }, outputs) => {
    const { dtype, shape } = outputs[0];
    const at = b.op('ArgMax', [x], { axis, keepDims: false, to: 'int32' });
    return [b.op('OneHot', [at], { depth: shape[axis], axis, on: 1, off: 0, to: dtype })];
  },
});
