import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import { type DType, dtypes, isFloat, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, float, int, type Operand, oneOf } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { elementOf } from './families/exact.js';
import { readsForward, wrapped, wraps } from './families/indices.js';

const scalar = (dtype: DType, value: number): Tensor =>
  fromNumbers(dtype, [], [Number(elementOf(dtype === 'float16' ? 'float32' : dtype, value))]);

const hasOnnxKernel = (indices: Value, to: DType): boolean =>
  indices.dtype === 'int64' && indices.shape.length > 0 && ['float32', 'float16', 'int64'].includes(to);

/** A type that onnxruntime has a kernel for and that holds both values exactly; undefined where there is none. */
function throughKernel({ on, off, to }: { readonly on: number; readonly off: number; readonly to: DType }): DType | undefined {
  if (!isFloat(to)) return 'int64';
  return to !== 'float64' || [on, off].every((v) => Object.is(Math.fround(v), v)) ? 'float32' : undefined;
}

/**
 * `depth` elements at `axis` for each index: `on` at the index, `off` elsewhere, everywhere where it is outside [-depth, depth).
 * Without `wraps` negative indices are outside.
 */
export const oneHot = defineOp({
  name: 'OneHot',
  inputs: ['indices'],
  outputs: ['y'],
  attributes: {
    depth: int(),
    axis: int(),
    on: float(1),
    off: float(0),
    to: oneOf<DType>(...(Object.keys(dtypes) as DType[])),
    wraps,
  },
  infer: (inputs, { depth, axis, to }): TypeInfo[] => {
    const { shape } = inputs[0] as Operand;
    if (depth < 1) throw new RangeError(`its depth is ${depth}; it must be at least 1`);
    checkAxis(axis, shape.length + 1);
    return [{ dtype: to, shape: [...shape.slice(0, axis), depth, ...shape.slice(axis)] }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const indices = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    const { depth, axis } = attrs;
    const dst = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    dst.fill(elementOf(dtype, attrs.off) as number);
    const on = elementOf(dtype, attrs.on) as number;
    const inner = sizeOf(indices.shape.slice(axis));
    toNumbers(indices).forEach((given: number, i: number) => {
      const at = given < 0 && attrs.wraps ? given + depth : given;
      if (at >= 0 && at < depth && Number.isInteger(at)) dst[(Math.floor(i / inner) * depth + at) * inner + (i % inner)] = on;
    });
    return [{ dtype, shape, data: dst }];
  },
  onnx: {
    type: 'OneHot',
    types: ['int64', 'int32', 'float32'],
    read: (n) => {
      const indices = n.input(0);
      const values = n.constant(2);
      const [off, on] = toNumbers(values);
      const axis = fileAxis(n.int('axis', -1), indices.shape.length + 1, n);
      return { inputs: [indices], attrs: { depth: toNumbers(n.constant(1))[0], axis, on, off, to: values.dtype } };
    },
    write: ({ depth, axis, on, off, to, wraps: wrapping }, node) => {
      // In ONNX negative indices always count from the back; onnxruntime has kernels for few combinations of types.
      if (!wrapping || !hasOnnxKernel(node.inputs[0] as Value, to)) return null;
      const values = fromNumbers(
        to,
        [2],
        [scalar(to, off), scalar(to, on)].map((t) => toNumbers(t)[0]),
      );
      return { inputs: [node.inputs[0], { int64: [depth] }, values], attributes: { axis: { int: axis } } };
    },
  },
  tflite: {
    builtin: 'ONE_HOT',
    options: 'OneHotOptions',
    types: ['int32', 'int64'],
    maxRank: 7,
    read: (op) => {
      const indices = op.input(0);
      const [on, off] = [op.constant(2), op.constant(3)];
      const given = op.option<number>('axis');
      return {
        inputs: [indices],
        attrs: {
          depth: op.constantInts(1)[0],
          axis: given < 0 ? indices.shape.length : given,
          on: toNumbers(on)[0],
          off: toNumbers(off)[0],
          to: on.dtype,
          wraps: false,
        },
      };
    },
    write: (attrs, node) => {
      const [indices] = node.inputs as readonly Value[];
      const { depth, axis, on, off, to } = attrs;
      if (!readsForward(indices, attrs) || !['float32', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'].includes(to)) return null;
      return { inputs: [indices, { int32: [depth], shape: [] }, scalar(to, on), scalar(to, off)], options: { axis } };
    },
  },
  decompose: (b, inputs, attrs, _, target) => {
    const indices = inputs[0] as Value;
    if (target === 'tflite') {
      return readsForward(indices, attrs) ? null : [b.op('OneHot', [wrapped(b, indices, [attrs.depth])], { ...attrs, wraps: false })];
    }
    if (attrs.wraps) {
      if (indices.shape.length === 0) return [b.reshape(b.op('OneHot', [b.reshape(indices, [1])], { ...attrs, axis: 1 }), [attrs.depth])];
      const via = throughKernel(attrs);
      if (hasOnnxKernel(indices, attrs.to) || !via) return null;
      const wide = indices.dtype === 'int64' ? indices : b.op('Cast', [indices], { to: 'int64' });
      const y = b.op('OneHot', [wide], { ...attrs, to: via });
      return [via === attrs.to ? y : b.op('Cast', [y], { to: attrs.to })];
    }
    // Indices below zero are sent to one that is outside at the other end.
    const outside = b.scalar(attrs.depth, indices.dtype);
    const forward = b.op('Where', [b.op('Less', [indices, b.scalar(0, indices.dtype)]), outside, indices]);
    return [b.op('OneHot', [forward], { ...attrs, wraps: true })];
  },
});
