import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf, stridesOf } from '../../../../ir/types.js';
import { type Call, input, NoKernel, output, type Rule, struct } from '../../program.js';
import { type Multiplier, perTensorOf } from '../../requantize.js';
import { multiplierOf } from '../activations/grid.js';
import { atLeastOne, coalesce, isEmpty, loopTable, sameGrid } from '../movement/loops.js';
import { suffixOf } from './broadcast.js';

/** The loops over what stays and over what is folded, in x. */
function loopsOf(x: Value, axes: readonly number[]) {
  const loops = x.shape.map((count, i) => ({ count, steps: [stridesOf(x.shape)[i]] }));
  return {
    outer: coalesce(loops.filter((_, i) => !axes.includes(i))),
    inner: atLeastOne(coalesce(loops.filter((_, i) => axes.includes(i))), 1),
  };
}

/** The number of elements divided into a multiplier, with as many more bits as there is room for (TensorFlow Lite's MEAN). */
export function meanMultiplier({ multiplier, shift }: Multiplier, count: number): Multiplier {
  const more = Math.max(0, Math.min(Math.floor(Math.log2(count)), 32, 31 + shift));
  return { multiplier: Number((BigInt(multiplier) << BigInt(more)) / BigInt(count)), shift: shift - more };
}

/** Sums, means and products on grids of their own. */
function arithmetic(node: Node): Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  if (isEmpty(y)) return [];
  if (isEmpty(x)) throw new NoKernel('folds no elements');
  const { axes } = node.attrs as unknown as { axes: readonly number[] };
  const [from, to] = [perTensorOf(x), perTensorOf(y)];
  const count = sizeOf(axes.map((a) => x.shape[a]));
  if (count * (x.dtype === 'int8' ? 256 : 65536) >= 2 ** 31) throw new NoKernel(`folds ${count} elements, more than 32 bits hold`);
  const { outer, inner } = loopsOf(x, axes);
  const product = node.op === 'ReduceProd';
  const { multiplier, shift } = product ? factor(from.scale, to.scale, count) : scaleOf(node, from.scale / to.scale, count);
  const params = struct('edgeml_quantized_reduce_params', {
    outer: loopTable(outer),
    outer_depth: outer.length,
    inner: loopTable(inner),
    inner_depth: inner.length,
    bias: -from.zeroPoint * count,
    input_zero: from.zeroPoint,
    output_zero: to.zeroPoint,
    multiplier,
    shift,
  });
  const kind = product ? 'prod' : node.op === 'ReduceMean' && x.dtype === 'int16' ? 'mean' : 'sum';
  const name = `edgeml_quantized_${kind}_${suffixOf(x)}`;
  return [{ kernel: 'reduce_quantized', function: name, args: [input(x), output(y), params] }];
}

const scaleOf = (node: Node, real: number, count: number): Multiplier =>
  node.op === 'ReduceMean' ? meanMultiplier(multiplierOf(real), count) : multiplierOf(real);

/** What every factor of a product is scaled by, in 15 bits: the n-th root of all that is to be scaled. */
function factor(from: number, to: number, count: number): Multiplier {
  const { multiplier, shift } = multiplierOf(from / to ** (1 / count));
  if (shift > 7) throw new NoKernel('has factors on a grid far too coarse for its products');
  return { multiplier: multiplier < 0x7fff0000 ? Math.floor((multiplier + 2 ** 15) / 2 ** 16) : 0x7fff, shift };
}

function extremum(node: Node): Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  sameGrid(x, y);
  if (isEmpty(y)) return [];
  if (isEmpty(x)) throw new NoKernel('folds no elements');
  const { axes } = node.attrs as unknown as { axes: readonly number[] };
  const { outer, inner } = loopsOf(x, axes);
  const params = struct('edgeml_reduce_params', {
    outer: loopTable(outer),
    outer_depth: outer.length,
    inner: loopTable(inner),
    inner_depth: inner.length,
    count: sizeOf(axes.map((a) => x.shape[a])),
  });
  const name = `edgeml_reduce_${node.op === 'ReduceMax' ? 'max' : 'min'}_${suffixOf(x)}`;
  return [{ kernel: 'integer_reduce', function: name, args: [input(x), output(y), params] }];
}

export const reductionRules: readonly Rule[] = [
  { ops: ['ReduceMean', 'ReduceSum', 'ReduceProd'], types: ['int8', 'int16'], lower: arithmetic },
  { ops: ['ReduceMax', 'ReduceMin'], types: ['int8', 'int16'], lower: extremum },
];
