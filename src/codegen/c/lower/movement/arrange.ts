import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf, stridesOf } from '../../../../ir/types.js';
import type { Alias, Rule } from '../../program.js';
import { sameGrid } from './loops.js';
import { type Move, moveAll, overAll } from './move.js';

/** Operators whose result is x in another order, in parts or repeated. */
type Arrange<A> = (x: Value, y: Value, attrs: A, node: Node) => readonly Move[];

const each =
  <A>(arrange: Arrange<A>): Rule['lower'] =>
  (node) =>
    moveAll(arrange(node.inputs[0] as Value, node.outputs[0], node.attrs as A, node));

/** Strides of x as seen at the rank of `shape`: 0 along axes that it lacks or repeats. */
const broadcastSteps = (x: Value, shape: readonly number[]): number[] => {
  const strides = stridesOf(x.shape);
  return shape.map((_, i) => {
    const own = i - (shape.length - x.shape.length);
    return own >= 0 && x.shape[own] !== 1 ? strides[own] : 0;
  });
};

const transpose: Arrange<{ perm: readonly number[] }> = (x, y, { perm }) => {
  const strides = stridesOf(x.shape);
  return [
    {
      x,
      y,
      loops: overAll(
        y.shape,
        perm.map((p) => strides[p]),
      ),
    },
  ];
};

const slice: Arrange<{ starts: readonly number[]; steps: readonly number[] }> = (x, y, { starts, steps }) => {
  const strides = stridesOf(x.shape);
  const from = starts.reduce((sum, s, i) => sum + s * strides[i], 0);
  return [
    {
      x,
      y,
      loops: overAll(
        y.shape,
        strides.map((s, i) => s * steps[i]),
      ),
      from,
    },
  ];
};

const reverse: Arrange<{ axes: readonly number[] }> = (x, y, { axes }) => {
  const strides = stridesOf(x.shape);
  const from = axes.reduce((sum, a) => sum + (x.shape[a] - 1) * strides[a], 0);
  return [
    {
      x,
      y,
      loops: overAll(
        y.shape,
        strides.map((s, i) => (axes.includes(i) ? -s : s)),
      ),
      from,
    },
  ];
};

const expand: Arrange<unknown> = (x, y) => [{ x, y, loops: overAll(y.shape, broadcastSteps(x, y.shape)) }];

const tile: Arrange<{ repeats: readonly number[] }> = (x, y, { repeats }) => {
  const strides = stridesOf(x.shape);
  const shape = x.shape.flatMap((d, i) => [repeats[i], d]);
  return [
    {
      x,
      y,
      loops: overAll(
        shape,
        strides.flatMap((s) => [0, s]),
      ),
    },
  ];
};

const concat: Arrange<{ axis: number }> = (_x, y, { axis }, node) => {
  const strides = stridesOf(y.shape);
  let at = 0;
  return (node.inputs as readonly Value[]).map((x) => {
    const own = stridesOf(x.shape);
    const to = at * strides[axis];
    at += x.shape[axis];
    return { x, y, to, loops: x.shape.map((count, i) => ({ count, steps: [own[i], strides[i]] })) };
  });
};

const split: Arrange<{ axis: number }> = (x, _y, { axis }, node) => {
  const strides = stridesOf(x.shape);
  let at = 0;
  return node.outputs.map((y) => {
    const from = at * strides[axis];
    at += y.shape[axis];
    return { x, y, from, loops: overAll(y.shape, strides) };
  });
};

const depthToSpace: Arrange<{ blockSize: number; mode: string }> = (x, y, { blockSize: b, mode }) => {
  const [n, h, w, depth] = x.shape;
  const c = depth / (b * b);
  const [row, column, channel] = mode === 'DCR' ? [b * c, c, 1] : [b, 1, b * b];
  return [{ x, y, loops: overAll([n, h, b, w, b, c], [h * w * depth, w * depth, row, depth, column, channel]) }];
};

const spaceToDepth: Arrange<{ blockSize: number }> = (x, y, { blockSize: b }) => {
  const [n, h, w, c] = x.shape;
  return [{ x, y, loops: overAll([n, h / b, w / b, b, b, c], [h * w * c, b * w * c, b * c, w * c, c, 1]) }];
};

/** The same bytes under another shape. */
const alias: Rule['lower'] = (node): Alias => {
  sameGrid(node.inputs[0] as Value, node.outputs[0]);
  return { alias: node.inputs[0] as Value };
};

/** All inputs one after the other. */
const concatenation: Rule['lower'] = (node, target) =>
  node.inputs.length === 1 || sizeOf(node.outputs[0].shape) === 0 ? alias(node, target) : each(concat)(node, target);

export const arrangeRules: readonly Rule[] = [
  { ops: ['Reshape', 'Identity'], lower: alias },
  { ops: ['Transpose'], lower: each(transpose) },
  { ops: ['Slice'], lower: each(slice) },
  { ops: ['Reverse'], lower: each(reverse) },
  { ops: ['Expand'], lower: each(expand) },
  { ops: ['Tile'], lower: each(tile) },
  { ops: ['Concat'], lower: concatenation },
  { ops: ['Split'], lower: each(split) },
  { ops: ['DepthToSpace'], lower: each(depthToSpace) },
  { ops: ['SpaceToDepth'], lower: each(spaceToDepth) },
];
