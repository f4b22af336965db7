import type { Value } from '../../../ir/graph.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';
import { spatialRank, type Window, windowOf } from './window.js';

/** A filter [A,B,kh,kw] or [A,B,kw] in another order of axes, a 1-D one with kh = 1. The result keeps its name. */
function reorder(b: RuleBuilder, w: Value, perm: readonly number[]): Value {
  const full = w.shape.length === 3 ? b.op('Reshape', [w], { shape: [w.shape[0], w.shape[1], 1, w.shape[2]] }, { outputs: [w.name] }) : w;
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
  const rank = x.shape.length - 2;
  const outputPads = node.ints('output_padding', new Array<number>(rank).fill(0));
  if (outputPads.length !== rank || outputPads.some((p) => p < 0)) node.refuse(`has output_padding [${outputPads}]`);
  const window = transposedWindow(node, x, w.shape.slice(2), outputPads);
  const attrs = {
    strides: window.strides,
    dilations: window.dilations,
    pads: window.pads,
    outputPads: rank === 1 ? [0, ...outputPads] : outputPads,
  };
  const groups = node.int('group', 1);
  if (groups < 1 || x.shape[1] % groups !== 0 || w.shape[0] !== x.shape[1]) {
    node.refuse(`has a filter of shape [${w.shape}] in ${groups} groups for ${x.shape[1]} channels`);
  }
  const data = b.toChannelsLast(x);
  const parts = groups === 1 ? [data] : b.node('Split', [data], { axis: 3, sizes: new Array<number>(groups).fill(x.shape[1] / groups) });
  const filter = reorder(b, w, [1, 2, 3, 0]);
  const filters =
    groups === 1 ? [filter] : b.node('Split', [filter], { axis: 3, sizes: new Array<number>(groups).fill(x.shape[1] / groups) });
  const bias = node.weight(2);
  const biases = groups === 1 || !bias ? [bias] : b.node('Split', [bias], { axis: 0, sizes: new Array<number>(groups).fill(w.shape[1]) });
  const outs = parts.map((part, g) => b.op('ConvTranspose2D', [part, filters[g], biases[g] ?? null], attrs));
  const y = groups === 1 ? outs[0] : b.op('Concat', outs, { axis: 3 });
  return [b.toChannelsFirst(y, x.shape.length)];
};

/** Pads of a transposed convolution crop its output; output_shape and auto_pad say them by what is left. */
function transposedWindow(node: RuleNode, x: Value, kernel: readonly number[], outputPads: readonly number[]): Window {
  const sizes = x.shape.slice(2);
  const auto = node.string('auto_pad', 'NOTSET');
  const declared = node.ints('output_shape', []);
  const wanted = declared.slice(-sizes.length);
  if (wanted.length === 0 && (auto === 'NOTSET' || auto === 'VALID')) return windowOf(node, x, kernel);
  const strides = node.ints('strides', new Array<number>(sizes.length).fill(1));
  const dilations = node.ints('dilations', new Array<number>(sizes.length).fill(1));
  const pads = new Array<number>(2 * sizes.length);
  sizes.forEach((size, i) => {
    const full = strides[i] * (size - 1) + outputPads[i] + (kernel[i] - 1) * dilations[i] + 1;
    const total = full - (wanted[i] ?? size * strides[i]);
    if (!Number.isInteger(total) || total < 0)
      node.refuse(`asks for an output of ${wanted[i] ?? size * strides[i]} where there are only ${full} elements`);
    const less = total >> 1;
    // The specification gives the odd element to the end for SAME_UPPER, to the beginning otherwise.
    pads[i] = auto === 'SAME_UPPER' ? less : total - less;
    pads[i + sizes.length] = total - pads[i];
  });
  if (sizes.length === 2) return { kernel: [...kernel], strides, dilations, pads };
  return { kernel: [1, ...kernel], strides: [1, ...strides], dilations: [1, ...dilations], pads: [0, pads[0], 0, pads[1]] };
}

export const convolutionRules: Record<string, Rule> = { Conv: conv, ConvTranspose: convTranspose };
