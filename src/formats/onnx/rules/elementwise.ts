import { isConstant, type Value } from '../../../ir/graph.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import { dataTypeName, dtypeOf } from '../proto.js';
import { type Rule, readByRecord, recordName } from '../records.js';

/** op(op(a, b), c)...; a single operand is passed on. */
const chain =
  (op: string): Rule =>
  (node, b) => [chained(node, b, op)];

function chained(node: RuleNode, b: RuleBuilder, op: string): Value {
  let y = node.input(0);
  for (let i = 1; i < node.inputs.length; i++) y = b.op(op, [y, node.input(i)]);
  return y;
}

const mean: Rule = (node, b) => {
  const sum = chained(node, b, 'Add');
  const count = node.inputs.length;
  return [count === 1 ? sum : b.op('Mul', [sum, b.scalar(1 / count, sum.dtype)])];
};

/**
 * Before operator set 7 two operands broadcast only where `broadcast` is set, and then the second one is lined up
 * with `axis` of the first instead of with its end.
 */
const binary: Rule = (node, b) => {
  if (node.opset >= 7) return readByRecord(node, b);
  const op = recordName(node.type) ?? node.refuse('is an operator that edgeml does not support');
  const [x, y] = [node.input(0), node.input(1)];
  if (node.int('broadcast', 0) === 0 || !node.has('axis')) return [b.op(op, [x, y])];
  const given = node.int('axis');
  const axis = given < 0 ? given + x.shape.length : given;
  const trailing = x.shape.length - axis - y.shape.length;
  if (trailing < 0) node.refuse(`broadcasts [${y.shape}] along axis ${given} of [${x.shape}]`);
  return [b.op(op, [x, b.reshape(y, [...y.shape, ...new Array<number>(trailing).fill(1)])])];
};

/** Bounds are attributes up to operator set 10 and inputs after; those that are not constant need operators of their own. */
const clip: Rule = (node, b) => {
  const [x, low, high] = [node.input(0), node.inputs[1] ?? null, node.inputs[2] ?? null];
  const bounds = [low, high].filter((v) => v !== null);
  if (bounds.every(isConstant)) return readByRecord(node, b);
  const floor = low ? b.op('Maximum', [x, low]) : x;
  return [high ? b.op('Minimum', [floor, high]) : floor];
};

/** To a type that the graph has no name for, the record could only say its number. */
const cast: Rule = (node, b) => {
  const code = node.int('to');
  return dtypeOf(code) ? readByRecord(node, b) : node.refuse(`casts to ${dataTypeName(code)}, which edgeml does not support`);
};

/** swish(a) * b */
const swiGlu: Rule = (node, b) => [b.op('Mul', [b.op('Swish', [node.input(0)], { alpha: node.float('alpha', 1) }), node.input(1)])];

const binaryTypes = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less', 'PRelu'];

export const elementwiseRules: Record<string, Rule> = {
  ...Object.fromEntries(binaryTypes.map((type) => [type, binary])),
  Max: chain('Maximum'),
  Min: chain('Minimum'),
  Sum: chain('Add'),
  Mean: mean,
  Cast: cast,
  Clip: clip,
  SwiGLU: swiGlu,
};
