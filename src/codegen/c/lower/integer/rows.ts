import type { Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { integerTypes } from '../../../../ops/families/elementwise-types.js';
import { input, output, type Rule, struct } from '../../program.js';
import { fillCall } from '../movement/fill.js';
import { isEmpty, type Loop, loopTable } from '../movement/loops.js';
import { broadcastLoops } from './broadcast.js';
import { plain, suffixOf } from './types.js';

const cumulate =
  (name: string): Rule['lower'] =>
  (node) => {
    const [x] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    const { axis, exclusive, reverse } = node.attrs as { axis: number; exclusive: boolean; reverse: boolean };
    plain(x, y);
    if (isEmpty(y)) return [];
    const params = {
      outer: sizeOf(x.shape.slice(0, axis)),
      length: x.shape[axis],
      inner: sizeOf(x.shape.slice(axis + 1)),
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    };
    return [
      {
        kernel: 'integer_cumulate',
        function: `edgeml_${name}_${suffixOf(x)}`,
        args: [input(x), output(y), struct('edgeml_cumulate_params', params)],
        overlaps: new Map([[x, 0]]),
      },
    ];
  };

const matMul: Rule['lower'] = (node) => {
  const [a, b] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { transposeA, transposeB } = node.attrs as { transposeA: boolean; transposeB: boolean };
  plain(a, b, y);
  if (isEmpty(y)) return [];
  const [rows, columns] = y.shape.slice(-2);
  const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  if (inner === 0) return [fillCall(y, 0)];
  const batches = (v: Value): readonly number[] => v.shape.slice(0, -2);
  const loops = broadcastLoops(batches(y), [batches(a), batches(b)]).map(
    ({ count, steps: [i, j] }): Loop => ({ count, steps: [i * rows * inner, j * inner * columns] }),
  );
  const params = {
    loops: loopTable(loops),
    depth: loops.length,
    rows,
    columns,
    inner,
    a_row: transposeA ? 1 : inner,
    a_inner: transposeA ? rows : 1,
    b_inner: transposeB ? 1 : columns,
    b_column: transposeB ? inner : 1,
  };
  return [
    {
      kernel: 'integer_matmul',
      function: `edgeml_matmul_${suffixOf(a)}`,
      args: [input(a), input(b), output(y), struct('edgeml_integer_matmul_params', params)],
    },
  ];
};

export const integerRowRules: readonly Rule[] = [
  { ops: ['CumSum'], types: integerTypes, lower: cumulate('cum_sum') },
  { ops: ['CumProd'], types: integerTypes, lower: cumulate('cum_prod') },
  { ops: ['MatMul'], types: integerTypes, lower: matMul },
];
