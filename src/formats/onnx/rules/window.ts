import type { Value } from '../../../ir/graph.js';
import { samePadding } from '../../../ops/families/window.js';
import type { RuleNode } from '../node.js';

/** The attributes that convolutions and pools share, as 2-D windows: 1-D ones get a first axis of length 1. */
export interface Window {
  readonly kernel: number[];
  readonly strides: number[];
  readonly dilations: number[];
  /** [top, left, bottom, right] */
  readonly pads: number[];
}

/** Spatial rank of the input; refuses what is neither 1-D nor 2-D. */
export function spatialRank(node: RuleNode, x: Value): 1 | 2 {
  const spatial = x.shape.length - 2;
  if (spatial !== 1 && spatial !== 2) node.refuse(`works on ${spatial}-D data; edgeml goes up to 2-D`);
  return spatial as 1 | 2;
}

/**
 * The window that a node slides over x [N,C,H,W] or [N,C,W]. `kernel` [kh,kw] or [kw] comes from the filter,
 * or from the attribute kernel_shape where there is none. Refuses the node where the numbers do not fit together.
 */
export function windowOf(node: RuleNode, x: Value, filter?: readonly number[]): Window {
  const rank = spatialRank(node, x);
  const kernel = [...(filter ?? node.ints('kernel_shape'))];
  const strides = node.ints('strides', new Array<number>(rank).fill(1));
  const dilations = node.ints('dilations', new Array<number>(rank).fill(1));
  const declared = node.ints('kernel_shape', kernel);
  if (String(declared) !== String(kernel)) node.refuse(`declares kernel_shape [${declared}] beside a filter of [${kernel}]`);
  for (const [name, list] of Object.entries({ kernel_shape: kernel, strides, dilations })) {
    if (list.length !== rank || list.some((n) => n < 1)) node.refuse(`has ${name} [${list}], which is no window over ${rank}-D data`);
  }
  const pads = padsOf(node, x.shape.slice(2), kernel, strides, dilations);
  if (rank === 2) return { kernel, strides, dilations, pads };
  return { kernel: [1, ...kernel], strides: [1, ...strides], dilations: [1, ...dilations], pads: [0, pads[0], 0, pads[1]] };
}

/** Pads [begin.., end..] of the attributes `pads` and `auto_pad`. */
function padsOf(
  node: RuleNode,
  sizes: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const none = new Array<number>(2 * sizes.length).fill(0);
  const auto = node.string('auto_pad', 'NOTSET');
  if (auto === 'VALID') return none;
  if (auto === 'NOTSET') {
    const pads = node.ints('pads', none);
    if (pads.length !== none.length || pads.some((p) => p < 0)) node.refuse(`has pads [${pads}], which do not fit ${sizes.length}-D data`);
    return pads;
  }
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') node.refuse(`has auto_pad '${auto}'`);
  const both = sizes.map((size, i) => samePadding(size, kernel[i], strides[i], dilations[i]));
  // SAME_UPPER puts the odd element after the data, SAME_LOWER before it.
  const [first, second] = auto === 'SAME_UPPER' ? [0, 1] : [1, 0];
  return [...both.map((p) => p[first]), ...both.map((p) => p[second])];
}
