import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf, stridesOf } from '../../../../ir/types.js';
import { type Call, input, NoKernel, output, type Rule, struct } from '../../program.js';
import { suffixOf } from '../integer/types.js';
import { acrossAxis } from './gather.js';
import { type IndexedAxis, indexArgs } from './indices.js';
import { bytesOf, isEmpty, type Loop, loopTable, sameGrid } from './loops.js';
import { copyCall } from './move.js';

interface Updates {
  readonly rows: number;
  /** Elements of an update. */
  readonly block: number;
  readonly axes: readonly IndexedAxis[];
  /** Where an update stands, for those whose place depends on it. */
  readonly loops: readonly Loop[];
}

/** x copied to y, then updated there. */
const scattering =
  (of: (node: Node) => Updates): Rule['lower'] =>
  (node) => {
    const [x, indices, updates] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    const { reduction } = node.attrs as { reduction: string };
    sameGrid(x, updates, y);
    if (x.quant && reduction !== 'none') throw new NoKernel(`takes no quantized values with reduction '${reduction}'`);
    if (isEmpty(y)) return [];
    if (isEmpty(updates)) return [copyCall(x, y)];
    const width = bytesOf(x);
    const { rows, block, axes, loops } = of(node);
    if (axes.length === 0) throw new NoKernel('has index vectors without a coordinate');
    const { arg, fields } = indexArgs(
      indices,
      axes.map((a) => ({ ...a, step: a.step * width })),
      node.op,
    );
    const params = { ...fields, loops: loopTable(loops, width), depth: loops.length, rows, block, unit: width };
    const update: Call = {
      kernel: 'scatter',
      function: reduction === 'none' ? 'edgeml_scatter' : `edgeml_scatter_${reduction}_${suffixOf(x)}`,
      args: [arg, input(updates), output(y), struct('edgeml_scatter_params', params)],
    };
    return [copyCall(x, y), update];
  };

const scatterND = scattering(({ inputs }) => {
  const [x, indices] = inputs as readonly Value[];
  const m = indices.shape.at(-1) as number;
  const strides = stridesOf(x.shape);
  return {
    rows: sizeOf(indices.shape.slice(0, -1)),
    block: sizeOf(x.shape.slice(m)),
    axes: x.shape.slice(0, m).map((length, i) => ({ length, step: strides[i] })),
    loops: [],
  };
});

const scatterElements = scattering(({ inputs, attrs }) => {
  const [x, indices] = inputs as readonly Value[];
  const { axis } = attrs as { axis: number };
  return {
    rows: sizeOf(indices.shape),
    block: 1,
    axes: [{ length: x.shape[axis], step: stridesOf(x.shape)[axis] }],
    loops: acrossAxis(indices.shape, x, axis),
  };
});

export const scatterRules: readonly Rule[] = [
  { ops: ['ScatterND'], lower: scatterND },
  { ops: ['ScatterElements'], lower: scatterElements },
];
