import type { Value } from '../../../../ir/graph.js';
import { byteSize, stridesOf } from '../../../../ir/types.js';
import { type Alias, type Call, input, output, struct } from '../../program.js';
import { atLeastOne, bytesOf, coalesce, isEmpty, isForward, type Loop, loopTable, sameGrid } from './loops.js';

/** A block of elements brought from x to y; loops (steps in x and y) and offsets in elements. */
export interface Move {
  readonly x: Value;
  readonly y: Value;
  readonly loops: readonly Loop[];
  readonly from?: number;
  readonly to?: number;
}

/** Loops over all of y in its order, reading x in `steps`. */
export const overAll = (shape: readonly number[], steps: readonly number[]): Loop[] => {
  const strides = stridesOf(shape);
  return shape.map((count, i) => ({ count, steps: [steps[i], strides[i]] }));
};

/** The call that makes a move: {@link coalesce}d, whole runs at once. */
function moveCall({ x, y, loops: given, from = 0, to = 0 }: Move): Call {
  const width = bytesOf(y);
  const loops = coalesce(given);
  let run = width;
  if (loops.at(-1)?.steps.every((s) => s === 1)) run *= (loops.pop() as Loop).count;
  if (loops.length === 0 && from === 0 && to === 0) return copyCall(x, y, run);
  const bytes = loops.map(({ count, steps }) => ({ count, steps: steps.map((s) => s * width) }));
  // Writing must never get ahead of what is still to be read: the farthest that it is ahead, over all visits.
  const ahead = bytes.reduce((d, { count, steps: [read, write] }) => d + Math.max(0, (count - 1) * (write - read)), (to - from) * width);
  const all = atLeastOne(bytes, 2);
  return {
    kernel: 'move',
    function: 'edgeml_move',
    args: [
      input(x),
      output(y),
      struct('edgeml_move_params', {
        loops: loopTable(all),
        depth: all.length,
        from: from * width,
        to: to * width,
        run,
        unit: run === width ? width : 0,
      }),
    ],
    ...(isForward(bytes, 0, run) && { overlaps: new Map([[x, ahead]]) }),
  };
}

/** All bytes as they are. */
export const copyCall = (x: Value, y: Value, bytes = byteSize(y)): Call => ({
  kernel: 'copy',
  function: 'edgeml_copy',
  args: [input(x), output(y), bytes],
  overlaps: new Map([[x, 0]]),
});

/** The moves as calls; a single one that leaves every byte where it is becomes an alias. Values of different grids are refused. */
export function moveAll(moves: readonly Move[]): readonly Call[] | Alias {
  for (const { x, y } of moves) sameGrid(x, y);
  const calls = moves.filter(({ y, loops }) => !isEmpty(y) && loops.every((l) => l.count > 0)).map(moveCall);
  const [{ x, y }] = moves;
  return moves.length === 1 && calls[0]?.function === 'edgeml_copy' && byteSize(x) === byteSize(y) ? { alias: x } : calls;
}
