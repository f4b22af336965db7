import type { Value } from '../ir/graph.js';
import { type Tensor, toNumbers } from '../ir/tensor.js';
import { type DType, sameShape, sizeOf, stridesOf, type TypeInfo } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { widened } from './families/elementwise-formula.js';
import { allTypes } from './families/elementwise-types.js';
import { checkIndices, indexInto, readsForward, wrapped, wraps } from './families/indices.js';
import { checkUpdates, isZeros, type Reduction, reduction, scatter, zerosValue } from './families/scatter.js';

/** Whether no two coordinate vectors of a constant are the same; unknown (and by ONNX's word true) for others. */
function areDistinct(indices: Value): boolean {
  if (!indices.data) return true;
  const m = indices.shape.at(-1) as number;
  const seen = new Set<string>();
  for (let i = 0; i < indices.data.length; i += m) seen.add(indices.data.slice(i, i + m).join());
  return seen.size * m === indices.data.length;
}

const tfliteTypes: readonly DType[] = ['float32', 'int8', 'uint8', 'int32', 'int64', 'bool'];

/**
 * A copy of x updated at coordinates: the last axis of `indices` holds the first m coordinates of an element or slice of x;
 * updates.shape = indices.shape[..-1] + x.shape[m..]. Updates are made in order.
 */
export const scatterND = defineOp({
  name: 'ScatterND',
  inputs: ['x', 'indices', 'updates'],
  outputs: ['y'],
  attributes: { reduction, wraps },
  infer: (inputs, { reduction: how }): TypeInfo[] => {
    const [x, indices, updates] = inputs as readonly Operand[];
    checkIndices(indices);
    checkUpdates(x, updates, how);
    const m = indices.shape.at(-1) ?? Infinity;
    if (m > x.shape.length || !sameShape(updates.shape, [...indices.shape.slice(0, -1), ...x.shape.slice(m)])) {
      throw new RangeError(`indices [${indices.shape}] and updates [${updates.shape}] do not fit [${x.shape}]`);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  evaluate: (inputs, { reduction: how }) => {
    const [x, indices, updates] = inputs as readonly Tensor[];
    const m = indices.shape.at(-1) as number;
    const strides = stridesOf(x.shape);
    const index = toNumbers(indices);
    const offset = (i: number): number => {
      let at = 0;
      for (let k = 0; k < m; k++) at += indexInto(index[i * m + k], x.shape[k], 'ScatterND') * strides[k];
      return at;
    };
    return [scatter(x, updates, sizeOf(indices.shape.slice(0, -1)), sizeOf(x.shape.slice(m)), offset, how)];
  },
  onnx: {
    type: 'ScatterND',
    types: allTypes,
    read: (n) => ({ inputs: [n.input(0), n.input(1), n.input(2)], attrs: { reduction: n.string('reduction', 'none') } }),
    // ONNX takes no other indices than int64.
    write: ({ reduction: how }, node) =>
      (node.inputs[1] as Value).dtype === 'int64' ? { attributes: { reduction: { string: how } } } : null,
  },
  tflite: {
    // TFLite adds updates to zeros.
    builtin: 'SCATTER_ND',
    options: 'ScatterNdOptions',
    types: tfliteTypes,
    read: (op) => {
      const updates = op.input(1);
      return {
        inputs: [zerosValue(`${op.name}/zeros`, updates.dtype, op.constantInts(2)), op.input(0), updates],
        attrs: { reduction: 'add', wraps: false },
      };
    },
    write: (attrs, node) => {
      const [x, indices, updates] = node.inputs as readonly Value[];
      const adds = attrs.reduction === 'add' || (attrs.reduction === 'none' && areDistinct(indices));
      if (!adds || !isZeros(x) || indices.dtype !== 'int32' || !readsForward(indices, attrs)) return null;
      return { inputs: [indices, updates, { int32: x.shape }] };
    },
  },
  decompose: (b, inputs, attrs, outputs, target) => {
    const [x, indices, updates] = inputs as readonly Value[];
    const { reduction: how } = attrs;
    if (target === 'onnx') {
      return indices.dtype === 'int64' ? null : [b.op('ScatterND', [x, b.op('Cast', [indices], { to: 'int64' }), updates], attrs)];
    }
    if (!tfliteTypes.includes(x.dtype)) return widened('ScatterND')(b, inputs, attrs, outputs, target);
    const forward = readsForward(indices, attrs) ? indices : wrapped(b, indices, x.shape.slice(0, indices.shape.at(-1)));
    const at = forward.dtype === 'int32' ? forward : b.op('Cast', [forward], { to: 'int32' });
    const ontoZeros = (values: Value, as: Reduction): Value => {
      const zeros = b.constant(zerosValue('zeros', values.dtype, x.shape) as Tensor);
      return b.op('ScatterND', [zeros, at, values], { reduction: as, wraps: false });
    };
    // Onto zeros there is nothing left to take apart.
    if (isZeros(x) && at === indices && how !== 'mul' && how !== 'max' && how !== 'min') return null;
    if (how === 'add') return [b.op('Add', [x, ontoZeros(updates, 'add')])];
    // Updates that meet each other are only known not to be there among constants, and ONNX forbids them for 'none'.
    if (!areDistinct(indices) || (how !== 'none' && !indices.data)) return null;
    // scatter(x, i, u) -> where(scatter(0, i, 1) > 0, f(x, scatter(0, i, u)), x)
    const ones = b.constant({ dtype: 'int32', shape: updates.shape, data: new Int32Array(sizeOf(updates.shape)).fill(1) });
    const touched = b.op('Greater', [ontoZeros(ones, 'none'), b.scalar(0, 'int32')]);
    const placed = ontoZeros(updates, 'none');
    const combined = how === 'none' ? placed : b.op({ mul: 'Mul', max: 'Maximum', min: 'Minimum' }[how], [x, placed]);
    return [b.op('Where', [touched, combined, x])];
  },
});
