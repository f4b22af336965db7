import type { Value } from '../../../ir/graph.js';
import type { NodeBuilder } from '../../../ops/node-builder.js';
import type { OperatorView } from '../read/operator.js';

/**
 * How an operator becomes nodes where it is not one to one with a record. Returns the values of its outputs;
 * the node that makes the last of them takes `op.wish`, so that tensors keep their names.
 */
export type TfliteRule = (op: OperatorView, b: NodeBuilder) => readonly Value[];

/** An axis of the file, which may count from the back. */
export function axisOf(op: OperatorView, axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(a) || a < 0 || a >= rank) op.refuse(`has axis ${axis} for a tensor of rank ${rank}`);
  return a;
}
