import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor } from '../ir/tensor.js';
import { dtypes, sameShape, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { allTypes } from './families/elementwise-types.js';
import { checkIndices, indicesInto, readsForward, wrapped, wraps } from './families/indices.js';
import { movedByLiteRt } from './families/types.js';
import type { NodeBuilder } from './node-builder.js';

/**
 * Slices of x along `axis`: y.shape = x.shape[..axis] + indices.shape[batchDims..] + x.shape[axis+1..]. The first
 * `batchDims` axes of x and indices go together. Negative indices count from the back (see `wraps`).
 */
export const gather = defineOp({
  name: 'Gather',
  inputs: ['x', 'indices'],
  outputs: ['y'],
  attributes: { axis: int(), batchDims: int(0), wraps },
  infer: (inputs, { axis, batchDims }): TypeInfo[] => {
    const [x, indices] = inputs as readonly Operand[];
    checkAxis(axis, x.shape.length);
    checkIndices(indices);
    const batch = x.shape.slice(0, batchDims);
    if (batchDims < 0 || batchDims > axis || !sameShape(batch, indices.shape.slice(0, batchDims))) {
      throw new RangeError(
        `[${x.shape}] and indices [${indices.shape}] do not have ${batchDims} leading axes in common before axis ${axis}`,
      );
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)] }];
  },
  evaluate: (inputs, { axis, batchDims }, outputs) => {
    const [x, indices] = inputs as readonly Tensor[];
    const { dtype, shape } = outputs[0];
    const dst = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    const src = x.data as Float32Array;
    const length = x.shape[axis];
    const index = indicesInto(indices, length, 'Gather');
    const block = sizeOf(x.shape.slice(axis + 1));
    const perBatch = sizeOf(x.shape.slice(batchDims, axis));
    const count = sizeOf(indices.shape.slice(batchDims));
    let to = 0;
    for (let outer = 0; outer < sizeOf(x.shape.slice(0, axis)); outer++) {
      const first = Math.floor(outer / perBatch) * count;
      for (let i = 0; i < count; i++, to += block) {
        const from = (outer * length + index[first + i]) * block;
        dst.set(src.subarray(from, from + block), to);
      }
    }
    return [{ dtype, shape, data: dst }];
  },
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Gather',
    types: allTypes,
    read: (n) => ({ inputs: [n.input(0), n.input(1)], attrs: { axis: fileAxis(n.int('axis', 0), n.input(0).shape.length, n) } }),
    write: ({ axis, batchDims }) => (batchDims === 0 ? { attributes: { axis: { int: axis } } } : null),
  },
  tflite: {
    builtin: 'GATHER',
    options: 'GatherOptions',
    types: movedByLiteRt,
    maxRank: 6,
    version: ({ batchDims }, node) => (batchDims !== 0 ? 5 : ({ int16: 4, bool: 3, int8: 2 }[node.outputs[0].dtype as string] ?? 1)),
    read: (op) => {
      const [x, indices] = [op.input(0), op.input(1)];
      const batchDims = op.option<number>('batch_dims');
      return {
        inputs: [x, indices],
        attrs: {
          axis: fileAxis(op.option('axis'), x.shape.length, op),
          batchDims: batchDims < 0 ? batchDims + indices.shape.length : batchDims,
          wraps: false,
        },
      };
    },
    write: (attrs, node) => (readsForward(node.inputs[1], attrs) ? { options: { axis: attrs.axis, batch_dims: attrs.batchDims } } : null),
  },
  decompose: (b, inputs, attrs) => {
    const [x, indices] = inputs as readonly Value[];
    const forward = readsForward(indices, attrs) ? indices : wrapped(b, indices, [x.shape[attrs.axis]]);
    if (forward !== indices) return [b.op('Gather', [x, forward], { ...attrs, wraps: false })];
    return attrs.batchDims > 0 ? flattened(b, x, indices, attrs) : null;
  },
});

/** gather(x, i, batchDims) -> gather of x with its batches in one axis, each batch's indices shifted by where it begins. */
function flattened(b: NodeBuilder, x: Value, indices: Value, { axis, batchDims }: { axis: number; batchDims: number }): Value[] | null {
  if (axis !== batchDims) return null;
  const batch = x.shape.slice(0, batchDims);
  const length = x.shape[axis];
  const starts = Array.from({ length: sizeOf(batch) }, (_, i) => i * length);
  const ones = indices.shape.slice(batchDims).map(() => 1);
  const shifted = b.op('Add', [indices, b.constant(fromNumbers(indices.dtype, [...batch, ...ones], starts))]);
  const rows = b.reshape(x, [starts.length * length, ...x.shape.slice(axis + 1)]);
  return [b.op('Gather', [rows, shifted], { axis: 0, wraps: false })];
}
