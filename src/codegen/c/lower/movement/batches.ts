import type { Value } from '../../../../ir/graph.js';
import type { Rule } from '../../program.js';
import { fillCall } from './fill.js';
import { isEmpty } from './loops.js';
import { type Move, moveAll, overAll } from './move.js';

interface Axis {
  readonly count: number;
  /** First place in the small axis (a batch's) and in the large one. */
  readonly small: number;
  readonly large: number;
}

/** The places `small` that lie at `small * block + place - before` inside a large axis. */
function fitting(smalls: number, larges: number, block: number, place: number, before: number): Axis {
  const small = Math.max(0, Math.ceil((before - place) / block));
  const end = Math.min(smalls, Math.floor((larges - 1 + before - place) / block) + 1);
  return { count: Math.max(0, end - small), small, large: small * block + place - before };
}

/** Every place of a block: which batches `batched` has for it, and where they lie in `plane`; x is one of the two. */
function blocks(batched: Value, plane: Value, [bh, bw]: readonly number[], [top, left]: readonly number[], intoPlane: boolean): Move[] {
  const [, rows, columns, c] = batched.shape;
  const [n, h, w] = plane.shape;
  const moves: Move[] = [];
  for (let r = 0; r < bh; r++)
    for (let s = 0; s < bw; s++) {
      const i = fitting(rows, h, bh, r, top);
      const j = fitting(columns, w, bw, s, left);
      const small = [rows * columns * c, columns * c, c, 1];
      const large = [h * w * c, bh * w * c, bw * c, 1];
      const inBatched = (((r * bw + s) * n * rows + i.small) * columns + j.small) * c;
      const inPlane = (i.large * w + j.large) * c;
      const counts = [n, i.count, j.count, c];
      moves.push(
        intoPlane
          ? {
              x: batched,
              y: plane,
              from: inBatched,
              to: inPlane,
              loops: counts.map((count, k) => ({ count, steps: [small[k], large[k]] })),
            }
          : {
              x: plane,
              y: batched,
              from: inPlane,
              to: inBatched,
              loops: counts.map((count, k) => ({ count, steps: [large[k], small[k]] })),
            },
      );
    }
  return moves;
}

const spaceToBatch: Rule['lower'] = (node) => {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { block, pads } = node.attrs as { block: readonly number[]; pads: readonly number[] };
  if (isEmpty(y)) return [];
  if (pads.some((p) => p > 0)) {
    const moves = moveAll(blocks(y, x, block, pads, false));
    return 'alias' in moves ? moves : [fillCall(y, 0), ...moves];
  }
  const [bh, bw] = block;
  const [n, h, w, c] = x.shape;
  const steps = [w * c, c, h * w * c, bh * w * c, bw * c, 1];
  return moveAll([{ x, y, loops: overAll([bh, bw, n, h / bh, w / bw, c], steps) }]);
};

const batchToSpace: Rule['lower'] = (node) => {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { block, crops } = node.attrs as { block: readonly number[]; crops: readonly number[] };
  if (crops.some((p) => p > 0)) return moveAll(blocks(x, y, block, crops, true));
  const [bh, bw] = block;
  const [, rows, columns, c] = x.shape;
  const [n] = y.shape;
  const image = rows * columns * c;
  return moveAll([{ x, y, loops: overAll([n, rows, bh, columns, bw, c], [image, columns * c, bw * n * image, c, n * image, 1]) }]);
};

/** Batches that are the places of blocks: one move, or where there are pads or crops one for each place. */
export const batchRules: readonly Rule[] = [
  { ops: ['SpaceToBatch'], lower: spaceToBatch },
  { ops: ['BatchToSpace'], lower: batchToSpace },
];
