import type { Value } from '../../../../ir/graph.js';
import { type Shape, stridesOf } from '../../../../ir/types.js';
import { atLeastOne, coalesce, type Loop } from '../movement/loops.js';

/** Loops over a result in its order, with the steps of operands that broadcast to it, in elements; as few as will do. */
export function broadcastLoops(shape: Shape, operands: readonly Shape[]): readonly Loop[] {
  const steps = operands.map((own) => {
    const strides = stridesOf(own);
    const missing = shape.length - own.length;
    return shape.map((_, i) => (i < missing || own[i - missing] === 1 ? 0 : strides[i - missing]));
  });
  const loops = shape.map((count, i) => ({ count, steps: steps.map((s) => s[i]) }));
  return atLeastOne(coalesce(loops), operands.length);
}

/** Operands that are read where the result is written, for kernels that go front to back. */
export const inPlace = (y: Value, operands: readonly Value[]): Map<Value, number> =>
  new Map(operands.filter((v) => String(v.shape) === String(y.shape)).map((v) => [v, 0]));

/** `s8` or `s16`: what functions for the type end in. */
export const suffixOf = ({ dtype }: Value): string => ({ int8: 's8', int16: 's16', uint8: 'u8', int32: 's32' })[dtype as string] ?? dtype;
