import type { Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import { fromTfliteActivation } from '../../../ops/families/activation.js';
import { operator } from '../../../ops/index.js';
import type { TfliteMapping } from '../../../ops/mappings.js';
import type { TfliteRule } from './rule.js';

/**
 * Without `keep_num_dims` the kernel sees any input as rows of the weights' depth and makes a matrix.
 * A bias may have any shape of the right size.
 */
const fullyConnected: TfliteRule = (op, b) => {
  if (op.option<string>('weights_format') !== 'DEFAULT') op.refuse('has shuffled weights');
  const activation =
    fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows');
  const [x, w] = [op.input(0), op.input(1)];
  const depth = w.shape.at(-1) ?? 1;
  const rows = op.option<boolean>('keep_num_dims') ? x : b.reshape(x, [sizeOf(x.shape) / depth, depth]);
  const bias = op.inputs[2] ?? null;
  const y = [rows, w, bias && vector(bias)];
  return [b.op('FullyConnected', y, { activation }, op.wish)];
};

/** A constant of any shape as a vector; the data stay where they are. */
const vector = (v: Value): Value => (v.data && v.shape.length !== 1 ? { ...v, shape: [sizeOf(v.shape)] } : v);

const addN: TfliteRule = (op, b) => {
  const [first, ...rest] = op.inputs.map((_, i) => op.input(i));
  if (rest.length === 0) return [first];
  return [rest.reduce((sum, x, i) => b.op('Add', [sum, x], {}, i === rest.length - 1 ? op.wish : undefined), first)];
};

const embeddingLookup: TfliteRule = (op, b) => [b.op('Gather', [op.input(1), op.input(0)], { axis: 0 }, op.wish)];

/** The older SELECT takes a condition of rank 1 for whole rows of the operands. */
const select: TfliteRule = (op, b) => {
  const [condition, x, y] = [op.input(0), op.input(1), op.input(2)];
  const rows = condition.shape.length === 1 && x.shape.length > 1;
  const c = rows ? b.reshape(condition, [condition.shape[0], ...x.shape.slice(1).map(() => 1)]) : condition;
  return [b.op('Where', [c, x, y], {}, op.wish)];
};

/** Constants have been turned into the floats that they stand for already. */
const dequantize: TfliteRule = (op, b) => [op.input(0).data ? op.input(0) : b.op('Dequantize', [op.input(0)], {}, op.wish)];

/** The output's size is an input; what the file declares of the output may be a placeholder. */
const transposeConv: TfliteRule = (op, b) => {
  const read = operator('ConvTranspose2D').tflite?.read as NonNullable<TfliteMapping<unknown>['read']>;
  const { inputs, attrs } = read(op.withOutputShape(op.constantInts(0)));
  return [b.op('ConvTranspose2D', inputs, attrs, op.wish)];
};

export const arithmeticRules: Readonly<Record<string, TfliteRule>> = {
  FULLY_CONNECTED: fullyConnected,
  ADD_N: addN,
  EMBEDDING_LOOKUP: embeddingLookup,
  SELECT: select,
  DEQUANTIZE: dequantize,
  TRANSPOSE_CONV: transposeConv,
};
