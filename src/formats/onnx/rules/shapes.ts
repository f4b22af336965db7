import { fromNumbers, type Tensor, toNumbers } from '../../../ir/tensor.js';
import { dtypes, sizeOf } from '../../../ir/types.js';
import type { RuleNode } from '../node.js';
import { dataTypeName, dtypeOf } from '../proto.js';
import type { Rule } from '../records.js';

/** A range or an identity matrix beyond this is a mistake. */
const maxMade = 2 ** 25;

const int64 = (shape: readonly number[], values: readonly number[]): Tensor => fromNumbers('int64', shape, values);

const shapeOf: Rule = (node, b) => {
  const { shape } = node.input(0);
  const clamp = (i: number) => Math.min(Math.max(i < 0 ? i + shape.length : i, 0), shape.length);
  const part = shape.slice(clamp(node.int('start', 0)), clamp(node.int('end', shape.length)));
  return [b.constant(int64([part.length], part))];
};

const sizeOfInput: Rule = (node, b) => [b.constant(int64([], [sizeOf(node.input(0).shape)]))];

const constant: Rule = (node, b) => {
  const [name] = node.attributeNames;
  switch (name) {
    case 'value':
    case 'sparse_value':
      return [b.constant(node.tensor(name))];
    case 'value_int':
      return [b.constant(int64([], [node.int(name)]))];
    case 'value_ints': {
      const list = node.ints(name);
      return [b.constant(int64([list.length], list))];
    }
    case 'value_float':
      return [b.scalar(node.float(name))];
    case 'value_floats': {
      const list = node.floats(name);
      return [b.constant(fromNumbers('float32', [list.length], list))];
    }
    default:
      return node.refuse(name ? `has a value that is no tensor of numbers ('${name}')` : 'has no value');
  }
};

const constantOfShape: Rule = (node, b) => {
  const shape = node.constantInts(0);
  const value = node.has('value') ? node.tensor('value') : fromNumbers('float32', [1], [0]);
  if (sizeOf(value.shape) !== 1) node.refuse(`repeats a value of shape [${value.shape}], which is not one element`);
  if (shape.some((d) => d < 0)) node.refuse(`makes a tensor of shape [${shape}]`);
  return [b.op('Expand', [b.constant({ ...value, shape: [] })], { shape })];
};

const range: Rule = (node, b) => {
  const [first, limit, delta] = [0, 1, 2].map((i) => toNumbers(node.constant(i))[0]);
  const { dtype } = node.input(0);
  const count = Math.max(0, Math.ceil((limit - first) / delta));
  if (!(count <= maxMade)) node.refuse(`counts from ${first} to ${limit} in steps of ${delta}`);
  return [
    b.constant(
      fromNumbers(
        dtype,
        [count],
        Float64Array.from({ length: count }, (_, i) => first + i * delta),
      ),
    ),
  ];
};

const eyeLike: Rule = (node, b) => {
  const like = node.input(0);
  if (like.shape.length !== 2) node.refuse(`makes a matrix like a tensor of rank ${like.shape.length}`);
  const [rows, columns] = like.shape;
  const dtype = node.has('dtype') ? dtypeOf(node.int('dtype')) : like.dtype;
  if (!dtype) return node.refuse(`makes a matrix of ${dataTypeName(node.int('dtype'))}`);
  if (rows * columns > maxMade) node.refuse(`makes a matrix of ${rows} rows and ${columns} columns`);
  const ones = new Uint8Array(rows * columns);
  const k = node.int('k', 0);
  for (let i = Math.max(0, -k); i < rows && i + k < columns; i++) ones[i * columns + i + k] = 1;
  return [b.constant(fromNumbers(dtype, [rows, columns], ones))];
};

const identity: Rule = (node) => [node.input(0)];

/** At inference nothing is dropped: the mask is all ones. */
const dropout: Rule = (node, b) => {
  const x = node.input(0);
  const training = node.inputs[2] ? toNumbers(node.constant(2))[0] !== 0 : false;
  const ratio = node.inputs[1] && training ? toNumbers(node.constant(1))[0] : 0.5;
  if (training && ratio !== 0) node.refuse('is in training mode');
  if (!node.usesOutput(1)) return [x];
  const mask = fromNumbers(node.opset >= 10 ? 'bool' : x.dtype, [], [1]);
  return [x, b.op('Expand', [b.constant(mask)], { shape: x.shape })];
};

const flatten: Rule = (node, b) => {
  const { shape } = node.input(0);
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + shape.length : given;
  if (axis < 0 || axis > shape.length) node.refuse(`has axis ${given} for a tensor of rank ${shape.length}`);
  return [b.reshape(node.input(0), [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])];
};

/** Axes are an attribute up to operator set 12, an input from 13 on; counted in a tensor of `rank`. */
function axesOf(node: RuleNode, rank: number): number[] | undefined {
  const given = node.opset >= 13 ? (node.inputs[1] ? node.constantInts(1) : undefined) : node.has('axes') ? node.ints('axes') : undefined;
  const axes = given?.map((a) => (a < 0 ? a + rank : a));
  if (axes?.some((a, i) => a < 0 || a >= rank || axes.indexOf(a) !== i)) node.refuse(`has axes [${given}] for a tensor of rank ${rank}`);
  return axes;
}

const squeeze: Rule = (node, b) => {
  const x = node.input(0);
  const axes = axesOf(node, x.shape.length) ?? x.shape.flatMap((d, i) => (d === 1 ? [i] : []));
  const wrong = axes.find((a) => x.shape[a] !== 1);
  if (wrong !== undefined) node.refuse(`removes axis ${wrong} of [${x.shape}], which is not of length 1`);
  return [
    b.reshape(
      x,
      x.shape.filter((_, i) => !axes.includes(i)),
    ),
  ];
};

const unsqueeze: Rule = (node, b) => {
  const x = node.input(0);
  const count = node.opset >= 13 ? node.constantInts(1).length : node.ints('axes').length;
  const axes = axesOf(node, x.shape.length + count) ?? [];
  const rest = [...x.shape];
  const shape = Array.from({ length: x.shape.length + count }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number)));
  return [b.reshape(x, shape)];
};

/** Crops and pads to a size, the odd element at the end; a tensor that is both is cropped first. */
const centerCropPad: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const sizes = node.constantInts(1);
  const axes = node
    .ints(
      'axes',
      x.shape.map((_, i) => i),
    )
    .map((a) => (a < 0 ? a + rank : a));
  if (axes.length !== sizes.length || axes.some((a) => a < 0 || a >= rank) || sizes.some((s) => s < 0)) {
    node.refuse(`crops axes [${axes}] of [${x.shape}] to [${sizes}]`);
  }
  const target = [...x.shape];
  axes.forEach((a, i) => {
    target[a] = sizes[i];
  });
  const starts = x.shape.map((d, i) => Math.max(0, d - target[i]) >> 1);
  const ends = x.shape.map((d, i) => starts[i] + Math.min(d, target[i]));
  const cropped = starts.every((s, i) => s === 0 && ends[i] === x.shape[i])
    ? x
    : b.op('Slice', [x], { starts, ends, steps: starts.map(() => 1) });
  const before = x.shape.map((d, i) => Math.max(0, target[i] - d) >> 1);
  const after = x.shape.map((d, i) => Math.max(0, target[i] - d) - before[i]);
  return [[...before, ...after].some((p) => p > 0) ? b.op('Pad', [cropped], { pads: [...before, ...after] }) : cropped];
};

/** The rows where a constant condition holds. */
const compress: Rule = (node, b) => {
  const kept = Array.from(toNumbers(node.constant(1))).flatMap((c, i) => (c ? [i] : []));
  const x = node.has('axis') ? node.input(0) : b.reshape(node.input(0), [sizeOf(node.input(0).shape)]);
  const given = node.int('axis', 0);
  const axis = given < 0 ? given + x.shape.length : given;
  const indices = kept.filter((i) => i < x.shape[axis]);
  return [b.op('Gather', [x, b.constant(int64([indices.length], indices))], { axis })];
};

/** Indices of the elements of a constant that are not zero, one column each. */
const nonZero: Rule = (node, b) => {
  const x = node.constant(0);
  const flat = Array.from(toNumbers(x)).flatMap((v, i) => (v !== 0 ? [i] : []));
  const rank = x.shape.length;
  const rows = new BigInt64Array(rank * flat.length);
  flat.forEach((at, column) => {
    let rest = at;
    for (let axis = rank - 1; axis >= 0; axis--) {
      rows[axis * flat.length + column] = BigInt(rest % x.shape[axis]);
      rest = Math.floor(rest / x.shape[axis]);
    }
  });
  return [b.constant({ dtype: 'int64', shape: [rank, flat.length], data: rows })];
};

/** The same bits as another type of the same width; only constants have bits that can be told. */
const bitCast: Rule = (node, b) => {
  const x = node.constant(0);
  const to = dtypeOf(node.int('to'));
  if (!to || dtypes[to].bytes !== dtypes[x.dtype].bytes || to === 'float16') {
    return node.refuse(`reads ${x.dtype} as ${dataTypeName(node.int('to'))}`);
  }
  const { view } = dtypes[to];
  return [b.constant({ dtype: to, shape: x.shape, data: new view(x.data.buffer, x.data.byteOffset, x.data.length) })];
};

/** A tensor that is not optional has an element, which is itself. */
const optionalHasElement: Rule = (node, b) => [b.scalar(node.inputs[0] ? 1 : 0, 'bool')];

export const shapeRules: Record<string, Rule> = {
  Shape: shapeOf,
  Size: sizeOfInput,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  Identity: identity,
  OptionalGetElement: identity,
  OptionalHasElement: optionalHasElement,
  Dropout: dropout,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  CenterCropPad: centerCropPad,
  Compress: compress,
  NonZero: nonZero,
  BitCast: bitCast,
};
