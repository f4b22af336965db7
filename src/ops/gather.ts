import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { dtypes, sameShape, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { checkIndices, indicesInto } from './families/indices.js';

/**
 * Slices of x along `axis`: y.shape = x.shape[..axis] + indices.shape[batchDims..] + x.shape[axis+1..]. The first
 * `batchDims` axes of x and indices go together. Negative indices count from the back.
 */
export const gather = defineOp({
  name: 'Gather',
  inputs: ['x', 'indices'],
  outputs: ['y'],
  attributes: { axis: int(), batchDims: int(0) },
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
    types: ['float32', 'float16', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'bool'],
    read: (n) => ({ inputs: [n.input(0), n.input(1)], attrs: { axis: fileAxis(n.int('axis', 0), n.input(0).shape.length, n) } }),
    write: ({ axis, batchDims }) => (batchDims === 0 ? { attributes: { axis: { int: axis } } } : null),
  },
  tflite: {
    builtin: 'GATHER',
    options: 'GatherOptions',
    types: ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'],
    version: ({ batchDims }, node) => (batchDims !== 0 ? 5 : ({ int16: 4, bool: 3, int8: 2 }[node.outputs[0].dtype as string] ?? 1)),
    read: (op) => {
      const [x, indices] = [op.input(0), op.input(1)];
      const batchDims = op.option<number>('batch_dims');
      return {
        inputs: [x, indices],
        attrs: {
          axis: fileAxis(op.option('axis'), x.shape.length, op),
          batchDims: batchDims < 0 ? batchDims + indices.shape.length : batchDims,
        },
      };
    },
    write: ({ axis, batchDims }, node) => ({
      inputs: [node.inputs[0], fromFront(node.inputs[1] as Value, (node.inputs[0] as Value).shape[axis])],
      options: { axis, batch_dims: batchDims },
    }),
  },
});

/** TFLite's kernel does not count from the back: constant indices are written as they count from the front. */
function fromFront(indices: Value, size: number): Value | Tensor {
  if (!indices.data?.some((i: number | bigint) => i < 0)) return indices;
  const data = indicesInto(indices as Tensor, size, 'Gather');
  return { dtype: 'int32', shape: indices.shape, data };
}
