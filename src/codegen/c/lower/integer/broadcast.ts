import { stridesOf } from '../../../../ir/types.js';
import { coalesce, type Loop } from '../movement/loops.js';

/** Loops over a result of `shape` in its order, with the steps in elements of operands that broadcast to it. */
export function broadcastLoops(shape: readonly number[], operands: readonly (readonly number[])[]): Loop[] {
  const strides = operands.map(stridesOf);
  return coalesce(
    shape.map((count, axis) => ({
      count,
      steps: operands.map((from, o) => {
        const own = axis - (shape.length - from.length);
        return own >= 0 && from[own] !== 1 ? strides[o][own] : 0;
      }),
    })),
  );
}
