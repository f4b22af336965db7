import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import { dtypes, sameShape, sizeOf, stridesOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';
import { checkIndices, indexInto, readsForward, wrapped, wraps } from './families/indices.js';
import { movedByLiteRt } from './families/types.js';

/**
 * Elements or slices of x at coordinates: the last axis of `indices` holds the first m coordinates after `batchDims` common axes;
 * y.shape = indices.shape[..-1] + x.shape[batchDims+m..].
 */
export const gatherND = defineOp({
  name: 'GatherND',
  inputs: ['x', 'indices'],
  outputs: ['y'],
  attributes: { batchDims: int(0), wraps },
  infer: (inputs, { batchDims }): TypeInfo[] => {
    const [x, indices] = inputs as readonly Operand[];
    checkIndices(indices);
    const m = indices.shape.at(-1);
    const common =
      batchDims >= 0 && batchDims < indices.shape.length && sameShape(x.shape.slice(0, batchDims), indices.shape.slice(0, batchDims));
    if (m === undefined || !common || m + batchDims > x.shape.length) {
      throw new RangeError(`indices of shape [${indices.shape}] with ${batchDims} batch axes do not fit [${x.shape}]`);
    }
    return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batchDims + m)] }];
  },
  evaluate: (inputs, { batchDims }, outputs) => {
    const [x, indices] = inputs as readonly Tensor[];
    const { dtype, shape } = outputs[0];
    const m = indices.shape.at(-1) as number;
    const dims = x.shape.slice(batchDims, batchDims + m);
    const strides = stridesOf(x.shape).slice(batchDims);
    const block = sizeOf(x.shape.slice(batchDims + m));
    const perBatch = sizeOf(indices.shape.slice(batchDims, -1));
    const batchSize = sizeOf(x.shape.slice(batchDims));
    const index = toNumbers(indices);
    const src = x.data as Float32Array;
    const dst = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    for (let i = 0, to = 0; i < sizeOf(indices.shape.slice(0, -1)); i++, to += block) {
      let from = Math.floor(i / perBatch) * batchSize;
      for (let k = 0; k < m; k++) from += indexInto(index[i * m + k], dims[k], 'GatherND') * strides[k];
      dst.set(src.subarray(from, from + block), to);
    }
    return [{ dtype, shape, data: dst }];
  },
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'GatherND',
    types: allTypes,
    read: (n) => ({ inputs: [n.input(0), n.input(1)], attrs: { batchDims: n.int('batch_dims', 0) } }),
    // ONNX takes no other indices than int64.
    write: ({ batchDims }, node) =>
      (node.inputs[1] as Value).dtype === 'int64' ? { attributes: { batch_dims: { int: batchDims } } } : null,
  },
  tflite: {
    builtin: 'GATHER_ND',
    options: 'GatherNdOptions',
    types: movedByLiteRt,
    maxRank: 6,
    version: (_, node) => ({ bool: 5, int16: 3 })[node.outputs[0].dtype as string] ?? 1,
    read: (op) => ({ inputs: [op.input(0), op.input(1)], attrs: { wraps: false } }),
    write: (attrs, node) => (attrs.batchDims === 0 && readsForward(node.inputs[1], attrs) ? {} : null),
  },
  decompose: (b, inputs, attrs, _, target) => {
    const [x, indices] = inputs as readonly Value[];
    const { batchDims } = attrs;
    if (target === 'onnx')
      return indices.dtype === 'int64' ? null : [b.op('GatherND', [x, b.op('Cast', [indices], { to: 'int64' })], attrs)];
    const dims = x.shape.slice(batchDims, batchDims + (indices.shape.at(-1) as number));
    const forward = readsForward(indices, attrs) ? indices : wrapped(b, indices, dims);
    if (forward !== indices) return [b.op('GatherND', [x, forward], { ...attrs, wraps: false })];
    if (batchDims === 0) return null;
    // The batch becomes further coordinates: gathernd(x, i, batchDims) -> gathernd(x, [place in the batch, i]).
    const leading = b.constant(
      fromNumbers(indices.dtype, [...indices.shape.slice(0, -1), batchDims], batchCoordinates(indices.shape, batchDims)),
    );
    const full = b.op('Concat', [leading, indices], { axis: indices.shape.length - 1 });
    return [b.op('GatherND', [x, full], { batchDims: 0, wraps: false })];
  },
});

/** For each coordinate vector of `indices`, its own place along the batch axes. */
function batchCoordinates(shape: readonly number[], batchDims: number): number[] {
  const strides = stridesOf(shape.slice(0, -1));
  const count = sizeOf(shape.slice(0, -1));
  return Array.from({ length: count * batchDims }, (_, k) => {
    const axis = k % batchDims;
    return Math.floor(Math.floor(k / batchDims) / strides[axis]) % shape[axis];
  });
}
