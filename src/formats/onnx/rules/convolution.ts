import type { Value } from '../../../ir/graph.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';
import { spatialRank, windowOf } from './window.js';

/** A filter [A,B,kh,kw] or [A,B,kw] in another order of axes, a 1-D one with kh = 1. The result keeps its name. */
function reorder(b: RuleBuilder, w: Value, perm: readonly number[]): Value {
  const [o, i, ...kernel] = w.shape;
  const shape = kernel.length === 1 ? [o, i, 1, ...kernel] : w.shape;
  // Only axes of length 1 move in a pointwise filter: a reshape keeps it a view on the file.
  if (kernel.every((k) => k === 1) && perm.indexOf(0) < perm.indexOf(1)) {
    return b.op('Reshape', [w], { shape: perm.map((p) => shape[p]) }, { outputs: [w.name] });
  }
  const full = kernel.length === 1 ? b.op('Reshape', [w], { shape }, { outputs: [w.name] }) : w;
  return b.op('Transpose', [full], { perm }, { outputs: [w.name] });
}

function checkFilter(node: RuleNode, x: Value, w: Value): void {
  spatialRank(node, x);
  if (w.shape.length !== x.shape.length) node.refuse(`has a filter of shape [${w.shape}] for data of shape [${x.shape}]`);
}

/** x [N,I,H,W], w [O,I/g,kh,kw], b [O] */
const conv: Rule = (node, b) => {
  const x = node.input(0);
  const w = node.weight(1) ?? node.input(1);
  const bias = node.weight(2);
  checkFilter(node, x, w);
  const { strides, dilations, pads } = windowOf(node, x, w.shape.slice(2));
  const groups = node.int('group', 1);
  const depthwise = groups > 1 && groups === x.shape[1] && w.shape[1] === 1;
  const data = b.toChannelsLast(x);
  const y = depthwise
    ? b.op('DepthwiseConv2D', [data, reorder(b, w, [1, 2, 3, 0]), bias], { strides, dilations, pads })
    : b.op('Conv2D', [data, reorder(b, w, [0, 2, 3, 1]), bias], { strides, dilations, pads, groups });
  return [b.toChannelsFirst(y, x.shape.length)];
};

/** x [N,I,H,W], w [I,O/g,kh,kw], b [O] */
const convTranspose: Rule = (node, b) => {
  const x = node.input(0);
  const w = node.weight(1) ?? node.input(1);
  checkFilter(node, x, w);
  const groups = node.int('group', 1);
  if (groups < 1 || x.shape[1] % groups !== 0 || w.shape[0] !== x.shape[1]) {
    node.refuse(`has a filter of shape [${w.shape}] in ${groups} groups for ${x.shape[1]} channels`);
  }
  const attrs = { ...croppedWindow(node, x, w.shape.slice(2)), groups };
  const y = b.op('ConvTranspose2D', [b.toChannelsLast(x), spread(b, w, groups), node.weight(2)], attrs);
  return [b.toChannelsFirst(y, x.shape.length)];
};

/** The filter [I,O/g,kh,kw] of a transposed convolution as [O,kh,kw,I/g]. */
function spread(b: RuleBuilder, w: Value, groups: number): Value {
  if (groups === 1) return reorder(b, w, [1, 2, 3, 0]);
  const [inputs, outputs, kh, kw] = w.shape.length === 4 ? w.shape : [w.shape[0], w.shape[1], 1, w.shape[2]];
  const grouped = b.reshape(w, [groups, inputs / groups, outputs, kh, kw]);
  const shape = [groups * outputs, kh, kw, inputs / groups];
  return b.op('Reshape', [b.transpose(grouped, [0, 2, 3, 4, 1])], { shape }, { outputs: [w.name] });
}

interface CroppedWindow {
  readonly strides: number[];
  readonly dilations: number[];
  readonly pads: number[];
  readonly outputPads: number[];
}

/** Pads of a transposed convolution crop its output; output_shape and auto_pad say them by what is left. */
function croppedWindow(node: RuleNode, x: Value, kernel: readonly number[]): CroppedWindow {
  const sizes = x.shape.slice(2);
  const rank = sizes.length;
  const outputPads = node.ints('output_padding', new Array<number>(rank).fill(0));
  if (outputPads.length !== rank || outputPads.some((p) => p < 0)) node.refuse(`has output_padding [${outputPads}]`);
  const ahead = <T>(list: T[], one: T): T[] => (rank === 1 ? [one, ...list] : list);
  const auto = node.string('auto_pad', 'NOTSET');
  const wanted = node.ints('output_shape', []).slice(-rank);
  if (wanted.length === 0 && (auto === 'NOTSET' || auto === 'VALID')) {
    const { strides, dilations, pads } = windowOf(node, x, kernel);
    return { strides, dilations, pads, outputPads: ahead(outputPads, 0) };
  }
  const strides = node.ints('strides', new Array<number>(rank).fill(1));
  const dilations = node.ints('dilations', new Array<number>(rank).fill(1));
  const before: number[] = [];
  const after: number[] = [];
  const beyond = sizes.map((size, i) => {
    const full = strides[i] * (size - 1) + outputPads[i] + (kernel[i] - 1) * dilations[i] + 1;
    const total = Math.max(0, full - (wanted[i] ?? size * strides[i]));
    // The specification gives the odd element to the end for SAME_UPPER, to the beginning otherwise.
    before.push(auto === 'SAME_UPPER' ? total >> 1 : total - (total >> 1));
    after.push(total - before[i]);
    return outputPads[i] + Math.max(0, (wanted[i] ?? size * strides[i]) - full);
  });
  const pads = [...ahead(before, 0), ...ahead(after, 0)];
  return { strides: ahead(strides, 1), dilations: ahead(dilations, 1), pads, outputPads: ahead(beyond, 0) };
}

export const convolutionRules: Record<string, Rule> = { Conv: conv, ConvTranspose: convTranspose };
