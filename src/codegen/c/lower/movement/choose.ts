import type { Value } from '../../../../ir/graph.js';
import { sameShape, sizeOf } from '../../../../ir/types.js';
import { input, NoKernel, output, type Rule, struct } from '../../program.js';
import { broadcastLoops } from '../integer/broadcast.js';
import { elementTable, realElement } from './fill.js';
import { atLeastOne, bytesOf, isEmpty, loopTable, sameGrid } from './loops.js';

const where: Rule['lower'] = (node) => {
  const [condition, x, y] = node.inputs as readonly Value[];
  const [z] = node.outputs;
  sameGrid(x, y, z);
  if (isEmpty(z)) return [];
  const loops = atLeastOne(broadcastLoops(z.shape, [condition.shape, x.shape, y.shape]), 3);
  const width = bytesOf(z);
  const full = [x, y].filter((v) => sameShape(v.shape, z.shape)).map((v): [Value, number] => [v, 0]);
  // A result that is wider than a boolean gets ahead of the condition.
  if (sameShape(condition.shape, z.shape)) full.push([condition, (sizeOf(z.shape) - 1) * (width - 1)]);
  return [
    {
      kernel: 'where',
      function: 'edgeml_where',
      args: [
        input(condition),
        input(x),
        input(y),
        output(z),
        struct('edgeml_where_params', { loops: loopTable(loops), depth: loops.length, unit: width }),
      ],
      overlaps: new Map(full),
    },
  ];
};

const trilu: Rule['lower'] = (node) => {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { upper, k } = node.attrs as { upper: boolean; k: number };
  sameGrid(x, y);
  if (x.quant) throw new NoKernel(`takes no quantized '${x.name}'`);
  if (isEmpty(y)) return [];
  const [rows, columns] = x.shape.slice(-2);
  const params = {
    matrices: sizeOf(x.shape.slice(0, -2)),
    rows,
    columns,
    unit: bytesOf(x),
    upper: upper ? 1 : 0,
    k: Math.max(-rows - 1, Math.min(columns + 1, k)),
  };
  return [
    {
      kernel: 'trilu',
      function: 'edgeml_trilu',
      args: [input(x), output(y), struct('edgeml_trilu_params', params)],
      overlaps: new Map([[x, 0]]),
    },
  ];
};

const oneHot: Rule['lower'] = (node) => {
  const [indices] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { depth, axis, on, off, wraps } = node.attrs as { depth: number; axis: number; on: number; off: number; wraps: boolean };
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64') throw new NoKernel(`takes no indices of ${indices.dtype}`);
  if (isEmpty(y)) return [];
  const params = {
    indices: sizeOf(indices.shape),
    inner: sizeOf(indices.shape.slice(axis)),
    depth,
    width: bytesOf(indices),
    unit: bytesOf(y),
    wraps: wraps ? 1 : 0,
  };
  const values = elementTable('values', y, [realElement(y, off), realElement(y, on)]);
  return [
    { kernel: 'one_hot', function: 'edgeml_one_hot', args: [input(indices), output(y), values, struct('edgeml_one_hot_params', params)] },
  ];
};

const reverseSequence: Rule['lower'] = (node) => {
  const [x, lengths] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { batchAxis, timeAxis } = node.attrs as { batchAxis: number; timeAxis: number };
  sameGrid(x, y);
  if (isEmpty(y)) return [];
  const [first, second] = batchAxis < timeAxis ? [batchAxis, timeAxis] : [timeAxis, batchAxis];
  const block = sizeOf(x.shape.slice(second + 1));
  const params = {
    outer: sizeOf(x.shape.slice(0, first)),
    first: x.shape[first],
    between: sizeOf(x.shape.slice(first + 1, second)),
    second: x.shape[second],
    run: block * bytesOf(x),
    batch_first: batchAxis < timeAxis ? 1 : 0,
    width: bytesOf(lengths),
    unit: block === 1 ? bytesOf(x) : 0,
  };
  return [
    {
      kernel: 'reverse_sequence',
      function: 'edgeml_reverse_sequence',
      args: [input(x), input(lengths), output(y), struct('edgeml_reverse_sequence_params', params)],
    },
  ];
};

export const chooseRules: readonly Rule[] = [
  { ops: ['Where'], lower: where },
  { ops: ['Trilu'], lower: trilu },
  { ops: ['OneHot'], lower: oneHot },
  { ops: ['ReverseSequence'], lower: reverseSequence },
];
