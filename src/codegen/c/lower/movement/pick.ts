import type { Value } from '../../../../ir/graph.js';
import { stridesOf } from '../../../../ir/types.js';
import type { Pick } from '../../../../ops/families/pick.js';
import { type ResizeAttrs, tapsOf } from '../../../../ops/resize.js';
import { type Alias, type Call, input, NoKernel, output, type Rule, struct, table } from '../../program.js';
import { bytesOf, isEmpty, sameGrid } from './loops.js';

const isWhole = (pick: Pick, length: number): boolean => pick.length === length && pick.every((p, i) => p === i);

/** `y[i, j, …] = x[picks[0][i], picks[1][j], …]`: innermost axes that are taken whole are moved in one run. */
export function pickCall(x: Value, y: Value, picks: readonly Pick[]): Call {
  const width = bytesOf(x);
  const strides = stridesOf(x.shape);
  const axes = picks.map((pick, i) => ({ pick, length: x.shape[i], step: strides[i] * width }));
  let run = width;
  while (axes.length > 1) {
    const { pick, length } = axes[axes.length - 1];
    if (!isWhole(pick, length)) break;
    axes.pop();
    run *= length;
  }
  const used = axes.filter(({ length, pick }, i) => i === axes.length - 1 || length !== 1 || pick.length !== 1);
  return {
    kernel: 'pick',
    function: 'edgeml_pick',
    args: [
      input(x),
      output(y),
      struct('edgeml_pick_params', {
        counts: table(
          'counts',
          'int32_t',
          used.map((a) => a.pick.length),
        ),
        places: table(
          'places',
          'int32_t',
          used.flatMap((a) => Array.from(a.pick, (p) => p * a.step)),
        ),
        depth: used.length,
        run,
        unit: run === width ? width : 0,
      }),
    ],
  };
}

/** Nearest neighbours: elements as they are, whatever their type. */
const resize: Rule['lower'] = (node): readonly Call[] | Alias => {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const attrs = node.attrs as unknown as ResizeAttrs;
  if (attrs.mode !== 'nearest') throw new NoKernel(`takes no ${x.dtype} in mode '${attrs.mode}'`);
  sameGrid(x, y);
  if (isEmpty(y)) return [];
  const picks = tapsOf(x.shape, attrs).map((taps) => taps.index);
  return picks.every((p, i) => isWhole(p, x.shape[i])) ? { alias: x } : [pickCall(x, y, picks)];
};

export const pickRules: readonly Rule[] = [{ ops: ['Resize'], lower: resize }];
