import { sizeOf } from '../../../ir/types.js';
import { type Rule, readByRecord } from '../records.js';

/**
 * Before operator set 13 the operator works on a matrix: the axes before `axis` are its rows, those from `axis` on its columns.
 * Where only one of the latter is longer than 1 that is the same as working along it.
 */
const flattened: Rule = (node, b) => {
  if (node.opset >= 13) return readByRecord(node, b);
  const x = node.input(0);
  const rank = x.shape.length;
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis > rank) node.refuse(`has axis ${given} for a tensor of rank ${rank}`);
  const columns = x.shape.slice(axis);
  const long = columns.flatMap((d, i) => (d !== 1 ? [axis + i] : []));
  if (axis < rank && long.length <= 1) return [b.op(node.type, [x], { axis: long[0] ?? axis })];
  const matrix = b.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(columns)]);
  return [b.reshape(b.op(node.type, [matrix], { axis: 1 }), x.shape)];
};

export const softmaxRules: Record<string, Rule> = { Softmax: flattened, LogSoftmax: flattened, Hardmax: flattened };
