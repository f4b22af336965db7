import type { Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { input, output, type Rule, struct } from '../../program.js';
import { suffixOf } from '../integer/types.js';
import { bytesOf, isEmpty, sameGrid } from './loops.js';

interface RankAttrs {
  readonly axis: number;
  readonly k?: number;
  readonly selectLast?: boolean;
}

const params = (x: Value, index: Value, { axis, k = 1, selectLast = false }: RankAttrs) =>
  struct('edgeml_rank_params', {
    outer: sizeOf(x.shape.slice(0, axis)),
    length: x.shape[axis],
    inner: sizeOf(x.shape.slice(axis + 1)),
    k,
    width: bytesOf(index),
    last: selectLast ? 1 : 0,
  });

const isInnermost = (x: Value, axis: number): boolean => sizeOf(x.shape.slice(axis + 1)) === 1;

const arg =
  (name: string): Rule['lower'] =>
  (node) => {
    const [x] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    const attrs = node.attrs as unknown as RankAttrs;
    if (isEmpty(y)) return [];
    // A row is read before its index is written.
    const over = isInnermost(x, attrs.axis) && bytesOf(y) <= x.shape[attrs.axis] * bytesOf(x);
    return [
      {
        kernel: 'rank',
        function: `edgeml_${name}_${suffixOf(x)}`,
        args: [input(x), output(y), params(x, y, attrs)],
        ...(over && { overlaps: new Map([[x, 0]]) }),
      },
    ];
  };

const topK: Rule['lower'] = (node) => {
  const [x] = node.inputs as readonly Value[];
  const [values, indices] = node.outputs;
  const attrs = node.attrs as unknown as RankAttrs & { largest: boolean };
  sameGrid(x, values);
  if (isEmpty(values)) return [];
  return [
    {
      kernel: 'rank',
      function: `edgeml_${attrs.largest ? 'top_k' : 'bottom_k'}_${suffixOf(x)}`,
      args: [input(x), output(values), output(indices), params(x, indices, attrs)],
      ...(isInnermost(x, attrs.axis) && { overlaps: new Map([[x, 0]]) }),
    },
  ];
};

export const rankRules: readonly Rule[] = [
  { ops: ['ArgMax'], lower: arg('arg_max') },
  { ops: ['ArgMin'], lower: arg('arg_min') },
  { ops: ['TopK'], lower: topK },
];
