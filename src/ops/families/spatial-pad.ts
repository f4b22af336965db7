import type { Value } from '../../ir/graph.js';
import type { TypeInfo } from '../../ir/types.js';
import type { NodeBuilder } from '../node-builder.js';

/**
 * x [N,H,W,C] padded by `value` so that the windows of `output` fit without padding of their own, also those that ceil mode
 * lets hang over the end. Null where they do already.
 */
export function padSpatially(
  b: NodeBuilder,
  x: Value,
  attrs: { readonly strides: readonly number[]; readonly dilations: readonly number[]; readonly pads: readonly number[] },
  kernel: readonly number[],
  output: TypeInfo,
  value: number,
): Value | null {
  const [top, left] = attrs.pads;
  const [bottom, right] = [0, 1].map((i) => {
    const reach = (output.shape[i + 1] - 1) * attrs.strides[i] + attrs.dilations[i] * (kernel[i] - 1) + 1;
    return Math.max(0, reach - x.shape[i + 1] - attrs.pads[i]);
  });
  if (top + left + bottom + right === 0) return null;
  return b.op('Pad', [x], { pads: [0, top, left, 0, 0, bottom, right, 0], value });
}
