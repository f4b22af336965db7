import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor } from '../ir/tensor.js';
import { dtypes, isInteger, sizeOf, type TypeInfo } from '../ir/types.js';
import { bool, defineOp, int, type Operand, oneOf } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { floatTypes } from './families/elementwise-types.js';
import { exactNumbers } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { axisLaw } from './families/layout.js';
import { byType } from './families/versions.js';

/** The k largest (or smallest) elements along `axis` and where they were, best first; of equals the first comes first. */
export const topK = defineOp({
  name: 'TopK',
  inputs: ['x'],
  outputs: ['values', 'indices'],
  attributes: { k: int(), axis: int(), largest: bool(true), sorted: bool(true), to: oneOf<'int64' | 'int32'>('int64', 'int32') },
  infer: (inputs, { k, axis, to }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    checkAxis(axis, shape.length);
    if (k < 0 || k > shape[axis]) throw new RangeError(`its k is ${k} for ${shape[axis]} elements`);
    const out = shape.map((d, i) => (i === axis ? k : d));
    return [
      { dtype, shape: out },
      { dtype: to, shape: out },
    ];
  },
  evaluate: (inputs, { k, axis, largest }, outputs) => {
    const t = inputs[0] as Tensor;
    const x = exactNumbers(t);
    const data = t.data as Float32Array;
    const length = t.shape[axis];
    const step = sizeOf(t.shape.slice(axis + 1));
    const { dtype, shape } = outputs[0];
    const values = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    const indices = new Float64Array(values.length);
    const sign = largest ? -1 : 1;
    for (let outer = 0; outer < sizeOf(t.shape.slice(0, axis)); outer++)
      for (let i = 0; i < step; i++) {
        const first = outer * length * step + i;
        const order = Array.from({ length }, (_, n) => n);
        order.sort((a, b) => {
          const [va, vb] = [x[first + a * step], x[first + b * step]];
          return va < vb ? -sign : va > vb ? sign : a - b;
        });
        for (let n = 0; n < k; n++) {
          const to = (outer * k + n) * step + i;
          values[to] = data[first + order[n] * step];
          indices[to] = order[n];
        }
      }
    return [{ dtype, shape, data: values }, fromNumbers(outputs[1].dtype, shape, indices)];
  },
  layout: axisLaw,
  quantize: { kind: 'output-like-input', from: 0 },
  onnx: {
    type: 'TopK',
    types: [...floatTypes, 'int32', 'int64'],
    read: (n) => {
      const x = n.input(0);
      const k = n.opset < 10 ? n.int('k') : n.constantInts(1)[0];
      const [largest, sorted] = [n.int('largest', 1) !== 0, n.int('sorted', 1) !== 0];
      return { inputs: [x], attrs: { k, axis: fileAxis(n.int('axis', -1), x.shape.length, n), largest, sorted } };
    },
    write: ({ k, axis, largest, sorted, to }, node) =>
      to === 'int32'
        ? null
        : {
            inputs: [node.inputs[0], { int64: [k] }],
            attributes: { axis: { int: axis }, largest: { int: largest ? 1 : 0 }, sorted: { int: sorted ? 1 : 0 } },
          },
  },
  tflite: {
    builtin: 'TOPK_V2',
    options: 'TopKV2Options',
    types: ['float32', 'int8', 'uint8', 'int32', 'int64'],
    version: byType({ int8: 2, int16: 3 }),
    read: (op) => {
      const x = op.input(0);
      return { inputs: [x], attrs: { k: op.constantInts(1)[0], axis: Math.max(0, x.shape.length - 1), to: op.outputs[1].dtype } };
    },
    write: ({ k, axis, largest, to }, node) =>
      largest && to === 'int32' && axis === (node.inputs[0] as Value).shape.length - 1
        ? { inputs: [node.inputs[0], { int32: [k], shape: [] }] }
        : null,
  },
  decompose: widenHalf('TopK', (b, inputs, attrs, _, target) => {
    const x = inputs[0] as Value;
    const { axis, largest, to } = attrs;
    const last = x.shape.length - 1;
    const cast = (v: Value): Value => b.op('Cast', [v], { to });
    if (target === 'onnx') {
      if (to === 'int32') {
        const [values, indices] = b.node('TopK', [x], { ...attrs, to: 'int64' });
        return [values, cast(indices)];
      }
      if (!isInteger(x.dtype) || dtypes[x.dtype].bytes > 2) return null;
      const [values, indices] = b.node('TopK', [b.op('Cast', [x], { to: 'int32' })], attrs);
      return [b.op('Cast', [values], { to: x.dtype }), indices];
    }
    if (axis !== last) {
      // Swapping two axes is its own inverse.
      const perm = x.shape.map((_d, i) => (i === axis ? last : i === last ? axis : i));
      return b.node('TopK', [b.transpose(x, perm)], { ...attrs, axis: last }).map((v) => b.transpose(v, perm));
    }
    if (!largest) {
      if (x.dtype !== 'float32') return null;
      const [values, indices] = b.node('TopK', [b.op('Neg', [x])], { ...attrs, largest: true });
      return [b.op('Neg', [values]), indices];
    }
    if (to === 'int32') return null;
    const [values, indices] = b.node('TopK', [x], { ...attrs, to: 'int32' });
    return [values, cast(indices)];
  }),
});
