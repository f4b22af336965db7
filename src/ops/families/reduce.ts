import type { Value } from '../../ir/graph.js';
import { fromNumbers, type Numbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { type DType, isFloat, isWide, sizeOf, stridesOf, type TypeInfo } from '../../ir/types.js';
import { bool, type Cost, ints, type LayoutLaw, type Operand } from '../define.js';
import type { OnnxMapping, OnnxNodeSpec, TfliteMapping } from '../mappings.js';
import type { NodeBuilder } from '../node-builder.js';
import { checkAxes, fileAxes, onnxAxes } from './axes.js';
import { exactArray, exactNumbers, exactTensor, literal } from './exact.js';
import { keepsOrder, movedAxes } from './layout.js';

export interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The shape without the axes, or with 1 in their place. */
export const reducedShape = (shape: readonly number[], { axes, keepDims }: ReduceAttrs): number[] =>
  keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));

/**
 * Folds `values` of `shape` over the axes into `into`, whose elements are those of the axes that stay, in order.
 * `step` gets the accumulator, an element and the accumulator's place.
 */
export function fold(
  values: Numbers,
  shape: readonly number[],
  axes: readonly number[],
  into: Numbers,
  step: (acc: number, v: number, at: number) => number,
): void {
  const kept = stridesOf(reducedShape(shape, { axes, keepDims: true }));
  const steps = shape.map((_, i) => (axes.includes(i) ? 0 : kept[i]));
  const inner = shape.at(-1) ?? 1;
  const innerStep = steps.at(-1) ?? 0;
  const index = new Array<number>(shape.length).fill(0);
  let to = 0;
  for (let at = 0; at < values.length; ) {
    for (let i = 0, o = to; i < inner; i++, o += innerStep) into[o] = step(into[o], values[at++], o);
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      to += steps[axis];
      if (++index[axis] < shape[axis]) break;
      to -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

interface Reduction {
  /** What an empty fold gives. */
  readonly init: (dtype: DType) => number;
  readonly step: (acc: number, v: number) => number;
  /** From the accumulator and the number of elements folded. */
  readonly finish?: (acc: number, count: number) => number;
  /** Needs real numbers: 64-bit integers are rounded to 2^53. */
  readonly real?: boolean;
}

const elementsPerOutput = (shape: readonly number[], axes: readonly number[]): number => sizeOf(axes.map((a) => shape[a]));

/** Accumulates floats and small integers in double precision, 64-bit integers exactly (wrapping around). */
function reduce(x: Tensor, axes: readonly number[], output: TypeInfo, { init, step, finish, real }: Reduction): Tensor {
  const { dtype, shape } = output;
  const exact = isWide(dtype) && !real;
  const acc = exact ? exactArray(dtype, sizeOf(shape)) : new Float64Array(sizeOf(shape));
  acc.fill(init(exact ? dtype : isFloat(dtype) ? 'float64' : x.dtype));
  fold(exact ? exactNumbers(x) : toNumbers(x), x.shape, axes, acc, step);
  const count = elementsPerOutput(x.shape, axes);
  const result = exact ? acc : numbersFor(dtype, acc.length);
  const n = exact ? literal(dtype, count) : count;
  for (let i = 0; i < acc.length; i++) result[i] = finish ? finish(acc[i], n) : acc[i];
  return exact ? exactTensor(dtype, shape, result) : fromNumbers(dtype, shape, result);
}

export const reduceAttributes = { axes: ints(), keepDims: bool(true) };

export function inferReduce(inputs: readonly (Operand | null)[], attrs: ReduceAttrs): TypeInfo[] {
  const x = inputs[0] as Operand;
  checkAxes(attrs.axes, x.shape.length);
  return [{ dtype: x.dtype, shape: reducedShape(x.shape, attrs) }];
}

/** reduce(x, no axes) -> x, for reductions of one element that leave it as it is; neither format says it in every version. */
export const withoutAxes = (b: NodeBuilder, inputs: readonly (Value | null)[], { axes }: ReduceAttrs): Value[] | null => {
  const x = inputs[0] as Value;
  return axes.length === 0 ? [b.op('Reshape', [x], { shape: x.shape })] : null;
};

export const reduceLaw: LayoutLaw<ReduceAttrs> = ({ axes, keepDims }, perm) =>
  keepDims || keepsOrder(axes, perm) ? { axes: movedAxes(axes, perm) } : null;

/** What the reductions of one kind share: y = fold of x over `axes`, which stay as 1 with `keepDims`. */
export const reduction = (kind: Reduction) => ({
  inputs: ['x'],
  outputs: ['y'],
  attributes: reduceAttributes,
  infer: inferReduce,
  evaluate: (inputs: readonly (Tensor | null)[], attrs: ReduceAttrs, outputs: readonly TypeInfo[]): Tensor[] => [
    reduce(inputs[0] as Tensor, attrs.axes, outputs[0], kind),
  ],
  layout: reduceLaw,
  cost: (inputs: readonly (TypeInfo | null)[]): Cost => ({ macs: 0, elements: sizeOf((inputs[0] as TypeInfo).shape) }),
});

/** Reduce* of ONNX: the axes are an input from opset 13 for ReduceSum and from opset 18 for the others. */
export const onnxReduce = (type: string, types: readonly DType[]): OnnxMapping<ReduceAttrs> => {
  const inputSince = type === 'ReduceSum' ? 13 : 18;
  return {
    type,
    types,
    read: (n) => ({ inputs: [n.input(0)], attrs: { axes: onnxAxes(n, inputSince), keepDims: n.int('keepdims', 1) !== 0 } }),
    write: ({ axes, keepDims }, node, opset): OnnxNodeSpec | null => {
      const keepdims = { int: keepDims ? 1 : 0 };
      // Without axes ONNX would reduce all of them.
      if (axes.length === 0 && opset < inputSince) return null;
      return opset >= inputSince
        ? { inputs: [node.inputs[0], { int64: axes }], attributes: { keepdims, noop_with_empty_axes: { int: 1 } } }
        : { attributes: { axes: { ints: axes }, keepdims } };
    },
  };
};

/** Reductions of TFLite with ReducerOptions: the axes are an int32 input. */
export const tfliteReduce = (
  builtin: string,
  types: readonly DType[],
  version: TfliteMapping<ReduceAttrs>['version'],
): TfliteMapping<ReduceAttrs> => ({
  builtin,
  options: 'ReducerOptions',
  types,
  maxRank: 6,
  version,
  read: (op) => ({
    inputs: [op.input(0)],
    attrs: { axes: fileAxes(op.constantInts(1), op.input(0).shape.length, op), keepDims: op.option<boolean>('keep_dims') },
  }),
  write: ({ axes, keepDims }, node) =>
    axes.length === 0 ? null : { inputs: [node.inputs[0], { int32: axes }], options: { keep_dims: keepDims } },
});
