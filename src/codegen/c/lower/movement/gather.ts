import type { Value } from '../../../../ir/graph.js';
import { sizeOf, stridesOf } from '../../../../ir/types.js';
import { input, NoKernel, output, type Rule, struct } from '../../program.js';
import { type IndexedAxis, indexArgs } from './indices.js';
import { bytesOf, coalesce, isEmpty, loopTable, sameGrid } from './loops.js';

interface Slices {
  /** Batches with indices of their own, parts of x in each that share them, index vectors in each batch. */
  readonly batches: number;
  readonly parts: number;
  readonly rows: number;
  /** Elements of a part of x, and of a slice. */
  readonly part: number;
  readonly block: number;
  readonly axes: readonly IndexedAxis[];
}

/** Slices of the first input at the second. */
const gathering =
  (of: (x: Value, indices: Value, attrs: Readonly<Record<string, number>>) => Slices): Rule['lower'] =>
  (node) => {
    const [x, indices] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    sameGrid(x, y);
    if (isEmpty(y)) return [];
    const width = bytesOf(x);
    const { batches, parts, rows, part, block, axes } = of(x, indices, node.attrs as Record<string, number>);
    if (axes.length === 0) throw new NoKernel('has index vectors without a coordinate');
    const { arg, fields } = indexArgs(
      indices,
      axes.map((a) => ({ ...a, step: a.step * width })),
      node.op,
    );
    const params = { ...fields, batches, parts, rows, part: part * width, run: block * width, unit: block === 1 ? width : 0 };
    return [{ kernel: 'gather', function: 'edgeml_gather', args: [input(x), arg, output(y), struct('edgeml_gather_params', params)] }];
  };

const gather = gathering((x, indices, { axis, batchDims }) => {
  const block = sizeOf(x.shape.slice(axis + 1));
  return {
    batches: sizeOf(x.shape.slice(0, batchDims)),
    parts: sizeOf(x.shape.slice(batchDims, axis)),
    rows: sizeOf(indices.shape.slice(batchDims)),
    part: x.shape[axis] * block,
    block,
    axes: [{ length: x.shape[axis], step: block }],
  };
});

const gatherND = gathering((x, indices, { batchDims }) => {
  const m = indices.shape.at(-1) as number;
  const strides = stridesOf(x.shape).slice(batchDims);
  return {
    batches: sizeOf(x.shape.slice(0, batchDims)),
    parts: 1,
    rows: sizeOf(indices.shape.slice(batchDims, -1)),
    part: sizeOf(x.shape.slice(batchDims)),
    block: sizeOf(x.shape.slice(batchDims + m)),
    axes: x.shape.slice(batchDims, batchDims + m).map((length, i) => ({ length, step: strides[i] })),
  };
});

/** Loops over elements of `shape` inside `whole`, standing still along `axis`. */
export const acrossAxis = (shape: readonly number[], whole: Value, axis: number) => {
  const [own, strides] = [stridesOf(shape), stridesOf(whole.shape)];
  // The second operand keeps the order: only loops that go on in both become one.
  return coalesce(shape.map((count, i) => ({ count, steps: [i === axis ? 0 : strides[i], own[i]] }))).map(({ count, steps }) => ({
    count,
    steps: [steps[0]],
  }));
};

const gatherElements: Rule['lower'] = (node) => {
  const [x, indices] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  const { axis } = node.attrs as { axis: number };
  sameGrid(x, y);
  if (isEmpty(y)) return [];
  const width = bytesOf(x);
  const { arg, fields } = indexArgs(indices, [{ length: x.shape[axis], step: stridesOf(x.shape)[axis] * width }], node.op);
  const loops = acrossAxis(indices.shape, x, axis);
  const params = struct('edgeml_gather_elements_params', { ...fields, loops: loopTable(loops, width), depth: loops.length, unit: width });
  return [{ kernel: 'gather', function: 'edgeml_gather_elements', args: [input(x), arg, output(y), params] }];
};

export const gatherRules: readonly Rule[] = [
  { ops: ['Gather'], lower: gather },
  { ops: ['GatherND'], lower: gatherND },
  { ops: ['GatherElements'], lower: gatherElements },
];
