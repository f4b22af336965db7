import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, stridesOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int } from './define.js';
import { fileAxis } from './families/axes.js';
import { axisOffsets, checkElements } from './families/elements.js';
import { allTypes } from './families/elementwise-types.js';
import { indicesInto, readsForward, wrapped, wraps } from './families/indices.js';
import { axisLaw } from './families/layout.js';

/** y[i, j, k] = x[indices[i, j, k], j, k] (for axis 0): one element for every index. */
export const gatherElements = defineOp({
  name: 'GatherElements',
  inputs: ['x', 'indices'],
  outputs: ['y'],
  attributes: { axis: int(), wraps },
  infer: (inputs, { axis }): TypeInfo[] => {
    const [x, indices] = checkElements(inputs, axis);
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  evaluate: (inputs, { axis }, outputs) => {
    const [x, indices] = inputs as readonly Tensor[];
    const { dtype, shape } = outputs[0];
    const index = indicesInto(indices, x.shape[axis], 'GatherElements');
    const base = axisOffsets(x.shape, shape, axis);
    const step = stridesOf(x.shape)[axis];
    const src = x.data as Float32Array;
    const dst = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    for (let i = 0; i < dst.length; i++) dst[i] = src[base[i] + index[i] * step];
    return [{ dtype, shape, data: dst }];
  },
  layout: axisLaw,
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'GatherElements',
    types: allTypes,
    read: (n) => ({ inputs: [n.input(0), n.input(1)], attrs: { axis: fileAxis(n.int('axis', 0), n.input(0).shape.length, n) } }),
    write: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
  },
  // gather from x as one row, at the place of each element.
  decompose: (b, inputs, attrs, outputs) => {
    const [x, indices] = inputs as readonly Value[];
    const { axis } = attrs;
    const forward = readsForward(indices, attrs) ? indices : wrapped(b, indices, [x.shape[axis]]);
    const step = b.scalar(stridesOf(x.shape)[axis], indices.dtype);
    const base = b.constant(fromNumbers(indices.dtype, indices.shape, axisOffsets(x.shape, indices.shape, axis)));
    const places = b.op('Add', [b.op('Mul', [forward, step]), base]);
    const row = b.op('Gather', [b.reshape(x, [sizeOf(x.shape)]), b.reshape(places, [sizeOf(indices.shape)])], { axis: 0, wraps: false });
    return [b.reshape(row, outputs[0].shape)];
  },
});
