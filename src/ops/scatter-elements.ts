import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor } from '../ir/tensor.js';
import { sameShape, sizeOf, stridesOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int } from './define.js';
import { fileAxis } from './families/axes.js';
import { axisOffsets, checkElements } from './families/elements.js';
import { allTypes } from './families/elementwise-types.js';
import { indicesInto, readsForward, wrapped, wraps } from './families/indices.js';
import { axisLaw } from './families/layout.js';
import { checkUpdates, reduction, scatter } from './families/scatter.js';

/** A copy of x with y[indices[i, j, k], j, k] updated by updates[i, j, k] (for axis 0), in order. */
export const scatterElements = defineOp({
  name: 'ScatterElements',
  inputs: ['x', 'indices', 'updates'],
  outputs: ['y'],
  attributes: { axis: int(), reduction, wraps },
  infer: (inputs, { axis, reduction: how }): TypeInfo[] => {
    const [x, indices, updates] = checkElements(inputs, axis);
    checkUpdates(x, updates, how);
    if (!sameShape(indices.shape, updates.shape)) throw new RangeError(`[${indices.shape}] indices and [${updates.shape}] updates differ`);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  evaluate: (inputs, { axis, reduction: how }) => {
    const [x, indices, updates] = inputs as readonly Tensor[];
    const index = indicesInto(indices, x.shape[axis], 'ScatterElements');
    const base = axisOffsets(x.shape, indices.shape, axis);
    const step = stridesOf(x.shape)[axis];
    return [scatter(x, updates, index.length, 1, (i) => base[i] + index[i] * step, how)];
  },
  layout: axisLaw,
  onnx: {
    type: 'ScatterElements',
    also: ['Scatter'],
    types: allTypes,
    read: (n) => ({
      inputs: [n.input(0), n.input(1), n.input(2)],
      attrs: { axis: fileAxis(n.int('axis', 0), n.input(0).shape.length, n), reduction: n.string('reduction', 'none') },
    }),
    write: ({ axis, reduction: how }) => ({ attributes: { axis: { int: axis }, reduction: { string: how } } }),
  },
  // scatter into x as one row, at the place of each element.
  decompose: (b, inputs, attrs) => {
    const [x, indices, updates] = inputs as readonly Value[];
    const { axis } = attrs;
    const forward = readsForward(indices, attrs) ? indices : wrapped(b, indices, [x.shape[axis]]);
    const step = b.scalar(stridesOf(x.shape)[axis], indices.dtype);
    const base = b.constant(fromNumbers(indices.dtype, indices.shape, axisOffsets(x.shape, indices.shape, axis)));
    const places = b.reshape(b.op('Add', [b.op('Mul', [forward, step]), base]), [sizeOf(indices.shape), 1]);
    const row = b.op('ScatterND', [b.reshape(x, [sizeOf(x.shape)]), places, b.reshape(updates, [sizeOf(updates.shape)])], {
      reduction: attrs.reduction,
      wraps: false,
    });
    return [b.reshape(row, x.shape)];
  },
});
