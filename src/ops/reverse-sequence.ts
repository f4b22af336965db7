import type { Value } from '../ir/graph.js';
import { type Tensor, toNumbers } from '../ir/tensor.js';
import { dtypes, stridesOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { widened } from './families/elementwise-formula.js';
import { allTypes } from './families/elementwise-types.js';
import { checkIndices } from './families/indices.js';

/** For each place along `batchAxis` the first `lengths[place]` elements along `timeAxis` in reverse order, the rest as they are. */
export const reverseSequence = defineOp({
  name: 'ReverseSequence',
  inputs: ['x', 'lengths'],
  outputs: ['y'],
  attributes: { batchAxis: int(), timeAxis: int() },
  infer: (inputs, { batchAxis, timeAxis }): TypeInfo[] => {
    const [x, lengths] = inputs as readonly Operand[];
    checkAxis(batchAxis, x.shape.length);
    checkAxis(timeAxis, x.shape.length);
    checkIndices(lengths, 'lengths');
    if (batchAxis === timeAxis) throw new RangeError(`axis ${batchAxis} cannot be both batch and time`);
    if (lengths.shape.length !== 1 || lengths.shape[0] !== x.shape[batchAxis]) {
      throw new RangeError(`lengths of shape [${lengths.shape}] do not fit axis ${batchAxis} of [${x.shape}]`);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  evaluate: (inputs, { batchAxis, timeAxis }) => {
    const [x, lengths] = inputs as readonly Tensor[];
    const sizes = toNumbers(lengths);
    const strides = stridesOf(x.shape);
    const src = x.data as Float32Array;
    const dst = new dtypes[x.dtype].array(src.length) as Float32Array;
    for (let i = 0; i < src.length; i++) {
      const batch = Math.floor(i / strides[batchAxis]) % x.shape[batchAxis];
      const time = Math.floor(i / strides[timeAxis]) % x.shape[timeAxis];
      const length = Math.min(sizes[batch], x.shape[timeAxis]);
      dst[i] = time < length ? src[i + (length - 1 - 2 * time) * strides[timeAxis]] : src[i];
    }
    return [{ ...x, data: dst }];
  },
  onnx: {
    type: 'ReverseSequence',
    types: allTypes,
    read: (n) => {
      const rank = n.input(0).shape.length;
      return {
        inputs: [n.input(0), n.input(1)],
        attrs: { batchAxis: fileAxis(n.int('batch_axis', 1), rank, n), timeAxis: fileAxis(n.int('time_axis', 0), rank, n) },
      };
    },
    // Its lengths are int64, its axes the first two.
    write: ({ batchAxis, timeAxis }, node) =>
      batchAxis + timeAxis === 1 && node.inputs[1]?.dtype === 'int64'
        ? { attributes: { batch_axis: { int: batchAxis }, time_axis: { int: timeAxis } } }
        : null,
  },
  tflite: {
    builtin: 'REVERSE_SEQUENCE',
    options: 'ReverseSequenceOptions',
    types: ['float32', 'uint8', 'int16', 'int32', 'int64'],
    read: (op) => ({
      inputs: [op.input(0), op.input(1)],
      attrs: { batchAxis: op.option<number>('batch_dim'), timeAxis: op.option<number>('seq_dim') },
    }),
    write: ({ batchAxis, timeAxis }) => ({ options: { batch_dim: batchAxis, seq_dim: timeAxis } }),
  },
  decompose: (b, inputs, attrs, outputs, target) => {
    const [x, lengths] = inputs as readonly Value[];
    if (target !== 'onnx') return widened('ReverseSequence')(b, inputs, attrs, outputs, target);
    if (lengths.dtype !== 'int64') return [b.op('ReverseSequence', [x, b.op('Cast', [lengths], { to: 'int64' })], attrs)];
    // Batch and time to the front and back.
    const { batchAxis, timeAxis } = attrs;
    if (batchAxis + timeAxis === 1) return null;
    const rest = x.shape.map((_d, i) => i).filter((i) => i !== batchAxis && i !== timeAxis);
    const perm = [batchAxis, timeAxis, ...rest];
    const turned = b.op('ReverseSequence', [b.transpose(x, perm), lengths], { batchAxis: 0, timeAxis: 1 });
    return [
      b.transpose(
        turned,
        perm.map((_d, i) => perm.indexOf(i)),
      ),
    ];
  },
});
