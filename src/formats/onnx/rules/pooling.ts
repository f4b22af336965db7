import type { Rule } from '../records.js';
import { spatialRank, windowOf } from './window.js';

const maxPool: Rule = (node, b) => {
  const x = node.input(0);
  if (node.usesOutput(1)) node.refuse('gives the indices of the maxima, which edgeml does not compute');
  const attrs = { ...windowOf(node, x), ceil: node.int('ceil_mode', 0) !== 0 };
  const y = b.op('MaxPool2D', [b.toChannelsLast(x)], attrs);
  return [b.toChannelsFirst(y, x.shape.length)];
};

const averagePool: Rule = (node, b) => {
  const x = node.input(0);
  const attrs = { ...windowOf(node, x), ceil: node.int('ceil_mode', 0) !== 0, countIncludePad: node.int('count_include_pad', 0) !== 0 };
  const y = b.op('AveragePool2D', [b.toChannelsLast(x)], attrs);
  return [b.toChannelsFirst(y, x.shape.length)];
};

/** Pools over all spatial axes, of which there may be any number. */
const globalPool =
  (reduce: 'ReduceMean' | 'ReduceMax'): Rule =>
  (node, b) => {
    const x = node.input(0);
    const rank = x.shape.length;
    if (rank < 3) node.refuse(`works on data of shape [${x.shape}], which has no spatial axes`);
    if (rank > 4) return [b.op(reduce, [x], { axes: x.shape.map((_, i) => i).slice(2), keepDims: true })];
    const y = b.op(reduce, [b.toChannelsLast(x)], { axes: [1, 2], keepDims: true });
    return [b.toChannelsFirst(y, rank)];
  };

/** (sum |x|^p)^(1/p) over windows, by the mean of |x|^p with the padding counted. */
const lpPool: Rule = (node, b) => {
  const x = node.input(0);
  spatialRank(node, x);
  if (node.int('ceil_mode', 0) !== 0) node.refuse('rounds its output size up (ceil_mode)');
  const window = windowOf(node, x);
  const p = node.int('p', 2);
  if (p < 1) node.refuse(`takes the norm of order ${p}`);
  const size = b.op('Abs', [b.toChannelsLast(x)]);
  const power = p === 1 ? size : p === 2 ? b.op('Mul', [size, size]) : b.op('Pow', [size, b.scalar(p, x.dtype)]);
  const mean = b.op('AveragePool2D', [power], { ...window, countIncludePad: true });
  const sum = b.op('Mul', [mean, b.scalar(window.kernel[0] * window.kernel[1], x.dtype)]);
  const root = p === 1 ? sum : p === 2 ? b.op('Sqrt', [sum]) : b.op('Pow', [sum, b.scalar(1 / p, x.dtype)]);
  return [b.toChannelsFirst(root, x.shape.length)];
};

const globalLpPool: Rule = (node, b) => {
  const x = node.input(0);
  const axes = x.shape.map((_, i) => i).slice(2);
  const p = node.int('p', 2);
  if (p === 1 || p === 2) return [b.op(p === 1 ? 'ReduceL1' : 'ReduceL2', [x], { axes, keepDims: true })];
  const sum = b.op('ReduceSum', [b.op('Pow', [b.op('Abs', [x]), b.scalar(p, x.dtype)])], { axes, keepDims: true });
  return [b.op('Pow', [sum, b.scalar(1 / p, x.dtype)])];
};

export const poolingRules: Record<string, Rule> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool('ReduceMean'),
  GlobalMaxPool: globalPool('ReduceMax'),
  LpPool: lpPool,
  GlobalLpPool: globalLpPool,
};
