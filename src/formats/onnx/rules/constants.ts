import { fromNumbers, type Tensor, toNumbers } from '../../../ir/tensor.js';
import { dtypes, sizeOf } from '../../../ir/types.js';
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

/** What is known as soon as the shapes are. */
export const constantRules: Record<string, Rule> = {
  Shape: shapeOf,
  Size: sizeOfInput,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  NonZero: nonZero,
  BitCast: bitCast,
  OptionalHasElement: optionalHasElement,
};
