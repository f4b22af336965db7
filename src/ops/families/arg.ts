import type { Value } from '../../ir/graph.js';
import { fromNumbers, type Tensor } from '../../ir/tensor.js';
import { type DType, sizeOf, type TypeInfo } from '../../ir/types.js';
import { bool, type Cost, int, type LayoutLaw, type Operand, oneOf, type Target } from '../define.js';
import type { OnnxMapping, TfliteMapping } from '../mappings.js';
import type { NodeBuilder } from '../node-builder.js';
import { checkAxis, fileAxis } from './axes.js';
import { floatTypes } from './elementwise-types.js';
import { exactNumbers } from './exact.js';
import { widenHalf } from './half.js';
import { keepsOrder, movedAxis } from './layout.js';
import { reducedShape } from './reduce.js';
import { byType } from './versions.js';

interface ArgAttrs {
  readonly axis: number;
  readonly keepDims: boolean;
  readonly selectLast: boolean;
  readonly to: 'int64' | 'int32';
}

const law: LayoutLaw<ArgAttrs> = ({ axis, keepDims }, perm) =>
  keepDims || keepsOrder([axis], perm) ? { axis: movedAxis(axis, perm) } : null;

/** Neither format has it all: TFLite drops the axis and takes the first, ONNX counts in int64 only. */
const decompose =
  (op: string) =>
  (b: NodeBuilder, inputs: readonly (Value | null)[], attrs: ArgAttrs, outputs: readonly TypeInfo[], target: Target): Value[] | null => {
    const x = inputs[0] as Value;
    const { axis, to } = attrs;
    if (target === 'onnx') return to === 'int64' ? null : [b.op('Cast', [b.op(op, [x], { ...attrs, to: 'int64' })], { to })];
    if (attrs.selectLast) {
      // last(x) = n - 1 - first(reverse(x))
      const first = b.op(op, [b.op('Reverse', [x], { axes: [axis] })], { ...attrs, selectLast: false });
      return [b.op('Sub', [b.scalar(x.shape[axis] - 1, to), first])];
    }
    return attrs.keepDims ? [b.reshape(b.op(op, [x], { ...attrs, keepDims: false }), outputs[0].shape)] : null;
  };

/** What ArgMax and ArgMin share: the place of the element along `axis` that is `better` than all others, the first of equals. */
export const argOperator = (name: 'ArgMax' | 'ArgMin', builtin: string, better: (a: number, b: number) => boolean) => ({
  name,
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axis: int(), keepDims: bool(true), selectLast: bool(false), to: oneOf<'int64' | 'int32'>('int64', 'int32') },
  infer: (inputs: readonly (Operand | null)[], attrs: ArgAttrs): TypeInfo[] => {
    const { shape } = inputs[0] as Operand;
    checkAxis(attrs.axis, shape.length);
    if (shape[attrs.axis] === 0) throw new RangeError(`axis ${attrs.axis} of [${shape}] is empty`);
    return [{ dtype: attrs.to, shape: reducedShape(shape, { axes: [attrs.axis], keepDims: attrs.keepDims }) }];
  },
  evaluate: (inputs: readonly (Tensor | null)[], { axis, selectLast }: ArgAttrs, outputs: readonly TypeInfo[]): Tensor[] => {
    const t = inputs[0] as Tensor;
    const x = exactNumbers(t);
    const length = t.shape[axis];
    const step = sizeOf(t.shape.slice(axis + 1));
    const { dtype, shape } = outputs[0];
    const y = new Float64Array(sizeOf(shape));
    let to = 0;
    for (let block = 0; block < x.length; block += length * step)
      for (let first = block; first < block + step; first++) {
        let best = 0;
        for (let i = 1, at = first + step; i < length; i++, at += step) {
          const champion = x[first + best * step];
          if (better(x[at], champion) || (selectLast && x[at] === champion)) best = i;
        }
        y[to++] = best;
      }
    return [fromNumbers(dtype, shape, y)];
  },
  layout: law,
  quantize: { kind: 'free' } as const,
  cost: (inputs: readonly (TypeInfo | null)[]): Cost => ({ macs: 0, elements: sizeOf((inputs[0] as TypeInfo).shape) }),
  onnx: {
    type: name,
    types: [...floatTypes, 'int8', 'uint8', 'int32', 'int64'] as DType[],
    read: (n) => ({
      inputs: [n.input(0)],
      attrs: {
        axis: fileAxis(n.int('axis', 0), n.input(0).shape.length, n),
        keepDims: n.int('keepdims', 1) !== 0,
        selectLast: n.int('select_last_index', 0) !== 0,
      },
    }),
    write: ({ axis, keepDims, selectLast, to }) =>
      to === 'int32'
        ? null
        : { attributes: { axis: { int: axis }, keepdims: { int: keepDims ? 1 : 0 }, select_last_index: { int: selectLast ? 1 : 0 } } },
  } satisfies OnnxMapping<ArgAttrs>,
  tflite: {
    builtin,
    options: `${name}Options`,
    types: ['float32', 'int8', 'uint8', 'int32', 'bool'] as DType[],
    version: byType({ int8: 2, bool: 3 }),
    read: (op) => ({
      inputs: [op.input(0)],
      attrs: {
        axis: fileAxis(op.constantInts(1)[0], op.input(0).shape.length, op),
        keepDims: false,
        to: op.outputs[0].dtype,
      },
    }),
    write: ({ axis, keepDims, selectLast, to }, node) =>
      keepDims || selectLast
        ? null
        : { inputs: [node.inputs[0], { int32: [axis], shape: [] }], options: { output_type: to.toUpperCase() } },
  } satisfies TfliteMapping<ArgAttrs>,
  decompose: widenHalf(name, decompose(name)),
});
