import type { Node, Value } from '../../../../ir/graph.js';
import { type Shape, sizeOf } from '../../../../ir/types.js';
import { atLeastOne, coalesce, type Loop } from '../movement/loops.js';

/** Steps in elements of an operand of `shape` under each axis of `out`: 0 where it is broadcast. */
function stepsOf(shape: Shape, out: Shape): number[] {
  const steps = new Array<number>(out.length).fill(0);
  let step = 1;
  for (let i = shape.length - 1, o = out.length - 1; i >= 0; i--, o--) {
    if (shape[i] !== 1) steps[o] = step;
    step *= shape[i];
  }
  return steps;
}

/** The fewest nested loops over the output of a binary operator: steps of its two operands in elements. */
export function broadcastLoops(node: Node): readonly Loop[] {
  const [a, b] = node.inputs as readonly [Value, Value];
  const out = node.outputs[0].shape;
  const [sa, sb] = [stepsOf(a.shape, out), stepsOf(b.shape, out)];
  return atLeastOne(coalesce(out.map((count, i) => ({ count, steps: [sa[i], sb[i]] }))), 2);
}

/** Operands as large as the output may be written over while they are read. */
export const sameSized = (node: Node): Map<Value, number> =>
  new Map((node.inputs as readonly Value[]).filter((v) => !v.data && sizeOf(v.shape) === sizeOf(node.outputs[0].shape)).map((v) => [v, 0]));
