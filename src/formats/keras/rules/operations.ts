import type { Attrs, Value } from '../../../ir/graph.js';
import { fromNumbers } from '../../../ir/tensor.js';
import { type DType, isFloat, sizeOf } from '../../../ir/types.js';
import { activateBy, unsupportedActivation } from '../activations.js';
import { isList, type LayerConfig } from '../config.js';
import { type Argument, isTensor, type LayerCall, type LayerRule, tensorsOf } from '../layer.js';
import { getItem } from './get-item.js';
import { completeShape } from './shape.js';

/** An operation's arguments: by position, and by name (those of the call, and those that the configuration keeps). */
interface Arguments {
  readonly list: readonly Argument[];
  readonly named: Readonly<Record<string, Argument>>;
}
type Operation = (call: LayerCall, args: Arguments) => Value | Value[];

const given = ({ list, named }: Arguments, position: number, ...names: string[]): Argument | undefined =>
  list[position] ?? names.map((n) => named[n]).find((v) => v !== undefined);

const tensor = (call: LayerCall, args: Arguments, position = 0, ...names: string[]): Value => {
  const v = given(args, position, 'x', 'input', 'input_tensor', 'tensor', 'features', ...names);
  return isTensor(v) ? v : call.fail('is called without its tensor');
};

const numbers = (v: Argument | undefined): number[] | undefined =>
  typeof v === 'number'
    ? [v]
    : isList(v as never) && (v as readonly unknown[]).every((n) => typeof n === 'number')
      ? [...(v as readonly number[])]
      : undefined;

/** Both operands as tensors of one type; a number takes the type of the tensor beside it, unless it is a fraction beside integers. */
function operands(call: LayerCall, args: Arguments): [Value, Value] {
  const raw = [given(args, 0, 'x1', 'x', 'a'), given(args, 1, 'x2', 'y', 'b')];
  const tensors = raw.filter(isTensor);
  const plain = raw.flatMap((v) => numbers(v) ?? []);
  const float = tensors.some((v) => isFloat(v.dtype)) || plain.some((n) => !Number.isInteger(n));
  const dtype: DType = float ? 'float32' : (tensors[0]?.dtype ?? 'float32');
  return raw.map((v, i): Value => {
    if (isTensor(v)) return v.dtype === dtype ? v : call.op('Cast', [v], { to: dtype });
    const list = numbers(v) ?? call.fail('is called on something that is neither a tensor nor a number');
    return call.constant(`operand_${i}_${dtype}_${list}`, () => fromNumbers(dtype, typeof v === 'number' ? [] : [list.length], list));
  }) as [Value, Value];
}

const binary =
  (op: string): Operation =>
  (call, args) =>
    call.op(op, operands(call, args));

const divide: Operation = (call, args) => {
  const [a, b] = operands(call, args);
  return call.op('Div', [call.float(a), call.float(b)]);
};

const unary =
  (op: string, attrs: Attrs = {}): Operation =>
  (call, args) =>
    call.op(op, [call.float(tensor(call, args))], attrs);

const reduce =
  (op: string): Operation =>
  (call, args) => {
    const x = call.float(tensor(call, args));
    const axes = (numbers(given(args, 1, 'axis')) ?? x.shape.map((_, i) => i))
      .map((a) => call.axis(a, x.shape.length))
      .sort((a, b) => a - b);
    return call.op(op, [x], { axes, keepDims: given(args, 2, 'keepdims') === true });
  };

const axisOf = (call: LayerCall, args: Arguments, position: number, rank: number, fallback: number): number =>
  call.axis(numbers(given(args, position, 'axis'))?.[0] ?? fallback, rank);

const reshape: Operation = (call, args) => {
  const x = tensor(call, args);
  const shape = numbers(given(args, 1, 'newshape', 'shape')) ?? call.refuse('reshapes to a shape that is computed');
  return call.reshape(x, completeShape(call, shape, sizeOf(x.shape)));
};

const transpose: Operation = (call, args) => {
  const x = tensor(call, args, 0, 'a');
  const perm = numbers(given(args, 1, 'axes', 'perm')) ?? x.shape.map((_, i) => x.shape.length - 1 - i);
  return call.op('Transpose', [x], { perm: perm.map((p) => call.axis(p, x.shape.length)) });
};

const concatenate: Operation = (call, args) => {
  const xs = tensorsOf(given(args, 0, 'xs', 'values'));
  if (xs.length === 0) call.fail('joins no tensors');
  return call.op('Concat', xs, { axis: axisOf(call, args, 1, xs[0].shape.length, -1) });
};

const withAxis = (shape: readonly number[], axis: number): number[] => [...shape.slice(0, axis), 1, ...shape.slice(axis)];

const stack: Operation = (call, args) => {
  const xs = tensorsOf(given(args, 0, 'x', 'xs', 'values'));
  if (xs.length === 0) call.fail('stacks no tensors');
  const axis = axisOf(call, args, 1, xs[0].shape.length + 1, 0);
  return call.op(
    'Concat',
    xs.map((x) => call.reshape(x, withAxis(x.shape, axis))),
    { axis },
  );
};

const expandDims: Operation = (call, args) => {
  const x = tensor(call, args);
  return call.reshape(x, withAxis(x.shape, axisOf(call, args, 1, x.shape.length + 1, -1)));
};

const squeeze: Operation = (call, args) => {
  const x = tensor(call, args);
  const axes = numbers(given(args, 1, 'axis'))?.map((a) => call.axis(a, x.shape.length));
  const gone = (d: number, i: number): boolean => (axes ? axes.includes(i) : d === 1);
  return call.reshape(
    x,
    x.shape.filter((d, i) => !gone(d, i)),
  );
};

const clip: Operation = (call, args) => {
  const [min] = numbers(given(args, 1, 'x_min', 'clip_value_min')) ?? [Number.NEGATIVE_INFINITY];
  const [max] = numbers(given(args, 2, 'x_max', 'clip_value_max')) ?? [Number.POSITIVE_INFINITY];
  return call.op('Clip', [call.float(tensor(call, args, 0, 't'))], { min, max });
};

const castable: readonly string[] = ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'] satisfies DType[];

const cast: Operation = (call, args) => {
  const to = given(args, 1, 'dtype');
  if (typeof to !== 'string' || !castable.includes(to)) return call.refuse(`casts to ${JSON.stringify(to)}, which is not supported`);
  const x = tensor(call, args);
  return x.dtype === to ? x : call.op('Cast', [x], { to });
};

const softmax =
  (op: 'Softmax' | 'LogSoftmax'): Operation =>
  (call, args) => {
    const x = call.float(tensor(call, args, 0, 'logits'));
    return call.op(op, [x], { axis: axisOf(call, args, 1, x.shape.length, -1) });
  };

const leaky: Operation = (call, args) => {
  const alpha = numbers(given(args, 1, 'negative_slope', 'alpha'))?.[0] ?? 0.2;
  return call.op('LeakyRelu', [call.float(tensor(call, args))], { alpha });
};

/** By their names in keras.ops (in snake case); TensorFlow's spellings are {@link aliases}. */
const operations: Readonly<Record<string, Operation>> = {
  add: binary('Add'),
  subtract: binary('Sub'),
  multiply: binary('Mul'),
  true_divide: divide,
  maximum: binary('Maximum'),
  minimum: binary('Minimum'),
  power: binary('Pow'),
  matmul: binary('MatMul'),
  ...Object.fromEntries(
    ['Abs', 'Ceil', 'Cos', 'Erf', 'Exp', 'Floor', 'Log', 'Neg', 'Reciprocal', 'Round', 'Rsqrt', 'Sign', 'Sin', 'Sqrt', 'Square'].map(
      (op) => [op.toLowerCase(), unary(op)],
    ),
  ),
  gelu: (call, args) =>
    call.op('Gelu', [call.float(tensor(call, args))], { approximate: (given(args, 1, 'approximate') ?? !call.context.keras2) === true }),
  softmax: softmax('Softmax'),
  log_softmax: softmax('LogSoftmax'),
  leaky_relu: leaky,
  mean: reduce('ReduceMean'),
  sum: reduce('ReduceSum'),
  max: reduce('ReduceMax'),
  min: reduce('ReduceMin'),
  prod: reduce('ReduceProd'),
  reshape,
  transpose,
  concatenate,
  stack,
  expand_dims: expandDims,
  squeeze,
  clip,
  cast,
  get_item: (call, args) => getItem(call, tensor(call, args), given(args, 1, 'key', 'slice_spec')),
};

const aliases: Readonly<Record<string, string>> = {
  sub: 'subtract',
  mul: 'multiply',
  divide: 'true_divide',
  truediv: 'true_divide',
  div: 'true_divide',
  pow: 'power',
  concat: 'concatenate',
  negative: 'neg',
  absolute: 'abs',
  reduce_mean: 'mean',
  reduce_sum: 'sum',
  reduce_max: 'max',
  reduce_min: 'min',
  reduce_prod: 'prod',
  clip_by_value: 'clip',
  getitem: 'get_item',
  permute: 'transpose',
};

/** An operation by its name in keras.ops or, behind the module's name, in TensorFlow; undefined where it is not known. */
function find(name: string): Operation | undefined {
  const plain = name.replace(/^(tf\.)?(math|nn|__operators__|linalg|compat\.v1|raw_ops)\./, '');
  const known = Object.hasOwn(aliases, plain) ? aliases[plain] : plain;
  if (Object.hasOwn(operations, known)) return operations[known];
  if (unsupportedActivation(known) !== undefined) return undefined;
  return (call, args) => activateBy(call, call.float(tensor(call, args)), known);
}

/** The rule of an operation, or why there is none, as the end of a sentence. */
export function operationRule(name: string): LayerRule | string {
  const operation = find(name);
  if (!operation) return 'is an operation that edgeml does not know';
  return {
    build: (call) => operation(call, { list: call.args, named: { ...configured(call.config), ...call.kwargs } }),
  };
}

/** Keras 3 keeps what is not a tensor in the operation's configuration. */
function configured(config: LayerConfig): Record<string, Argument> {
  const { name: _, function: __, dtype: ___, ...rest } = config.fields;
  return config.fields.dtype !== undefined && /cast/i.test(config.className) ? { ...rest, dtype: config.fields.dtype } : rest;
}
