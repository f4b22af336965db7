import { fromNumbers, type Tensor, zeros } from '../../../ir/tensor.js';
import { broadcastShapes, sizeOf } from '../../../ir/types.js';
import { dtypeOfTensorType } from '../file.js';
import type { OperatorView } from '../read/operator.js';
import { axisOf, type TfliteRule } from './rule.js';

/** The new shape is an input, in old files an option; one -1 is what the other dimensions leave. */
const reshape: TfliteRule = (op, b) => {
  const x = op.input(0);
  const wanted = wantedShape(op);
  const size = sizeOf(x.shape);
  // Old files say "scalar" with a shape of [0] (reshape.cc in TFLite's kernels).
  const scalar = wanted.length === 1 && wanted[0] === 0 && size === 1;
  const rest = sizeOf(wanted.filter((d) => d !== -1));
  const shape = scalar ? [] : wanted.map((d) => (d === -1 ? size / rest : d));
  return [b.op('Reshape', [x], { shape }, op.wish)];
};

function wantedShape(op: OperatorView): number[] {
  if (op.inputs[1]) return op.constantInts(1);
  const option = op.option<readonly number[]>('new_shape');
  return [...(option.length > 0 ? option : op.outputs[0].shape)];
}

const squeeze: TfliteRule = (op, b) => {
  const { shape } = op.input(0);
  const named = op.option<readonly number[]>('squeeze_dims').map((a) => axisOf(op, a, shape.length));
  const gone = named.length > 0 ? named : shape.flatMap((d, i) => (d === 1 ? [i] : []));
  return [b.op('Reshape', [op.input(0)], { shape: shape.filter((_, i) => !gone.includes(i)) }, op.wish)];
};

const expandDims: TfliteRule = (op, b) => {
  const { shape } = op.input(0);
  const axis = axisOf(op, op.constantInts(1)[0], shape.length + 1);
  return [b.op('Reshape', [op.input(0)], { shape: shape.toSpliced(axis, 0, 1) }, op.wish)];
};

const pack: TfliteRule = (op, b) => {
  const axis = axisOf(op, op.option('axis'), op.input(0).shape.length + 1);
  const parts = op.inputs.map((_, i) => {
    const x = op.input(i);
    return b.op('Reshape', [x], { shape: x.shape.toSpliced(axis, 0, 1) });
  });
  return [b.op('Concat', parts, { axis }, op.wish)];
};

const unpack: TfliteRule = (op, b) => {
  const x = op.input(0);
  const axis = axisOf(op, op.option('axis'), x.shape.length);
  const parts = b.node('Split', [x], { axis, sizes: new Array<number>(x.shape[axis]).fill(1) });
  const shape = x.shape.toSpliced(axis, 1);
  return parts.map((part, i) => b.op('Reshape', [part], { shape }, { name: op.outputs[i]?.name, outputs: [op.outputs[i]?.name] }));
};

/** Shapes are static here, so that shape arithmetic folds away. */
const shapeOf: TfliteRule = (op, b) => {
  const dtype = dtypeOfTensorType[op.option<string>('out_type')] === 'int64' ? 'int64' : 'int32';
  const { shape } = op.input(0);
  return [b.constant(fromNumbers(dtype, [shape.length], [...shape]), op.name)];
};

const rank: TfliteRule = (op, b) => [b.constant(fromNumbers('int32', [], [op.input(0).shape.length]), op.name)];

const zerosLike: TfliteRule = (op, b) => [b.constant(zeros(op.input(0).dtype, op.input(0).shape), op.name)];

const fill: TfliteRule = (op, b) => [b.op('Expand', [op.input(1)], { shape: op.constantInts(0) }, op.wish)];

const range: TfliteRule = (op, b) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => Number((op.constant(i) as Tensor).data[0]));
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isSafeInteger(count) || count > 2 ** 25) op.refuse(`makes a range from ${start} to ${limit} in steps of ${delta}`);
  const values = Array.from({ length: count }, (_, i) => start + i * delta);
  return [b.constant(fromNumbers(op.input(0).dtype, [count], values), op.name)];
};

const broadcastArgs: TfliteRule = (op, b) => {
  const shape = broadcastShapes(op.constantInts(0), op.constantInts(1));
  return [b.constant(fromNumbers(op.input(0).dtype, [shape.length], shape), op.name)];
};

export const shapeRules: Readonly<Record<string, TfliteRule>> = {
  RESHAPE: reshape,
  SQUEEZE: squeeze,
  EXPAND_DIMS: expandDims,
  PACK: pack,
  UNPACK: unpack,
  SHAPE: shapeOf,
  RANK: rank,
  ZEROS_LIKE: zerosLike,
  FILL: fill,
  RANGE: range,
  BROADCAST_ARGS: broadcastArgs,
};
