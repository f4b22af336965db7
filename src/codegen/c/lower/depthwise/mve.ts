import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, output, scratch, struct, type Target, table } from '../../program.js';
import { pixelDistance, slidingWindow, windowFields } from '../pools/window.js';
import { filtersOf } from './filters.js';

/** Channels of a vector. */
const lanes = 16;

/** int8 depthwise with Helium; undefined for other forms than one filter to a channel, and for few channels. */
export function depthwiseMve(node: Node, { rounding }: Target): readonly Call[] | undefined {
  const [x, w] = node.inputs as readonly [Value, Value];
  const window = slidingWindow(node, w.shape.slice(1, 3));
  if (rounding === 'single' || window.channels < lanes || w.shape[3] !== window.channels) return undefined;
  const { filters, weights, zeroPoint, outZeroPoint, min, max } = filtersOf(node);
  if (weights.includes(-128) || filters.some((f) => f.shift > 0)) return undefined;
  // Blocks of 16, the last ending with the last channel; in each the channels modulo four.
  const blocks = Array.from({ length: Math.ceil(filters.length / lanes) }, (_, i) => Math.min(i * lanes, filters.length - lanes));
  const words = blocks.flatMap((first) =>
    [0, 1, 2, 3].flatMap((c) => {
      const four = [0, 4, 8, 12].map((i) => filters[first + c + i]);
      return [...four.map((f) => f.bias - zeroPoint * f.sum), ...four.map((f) => f.multiplier), ...four.map((f) => f.shift)];
    }),
  );
  return [
    {
      kernel: 'depthwise_conv2d_s8_mve',
      function: 'edgeml_depthwise_conv2d_s8_mve_run',
      args: [
        input(x),
        output(node.outputs[0]),
        scratch(4 * window.kernel_height * window.kernel_width + window.channels),
        struct('edgeml_depthwise_conv2d_s8_mve', {
          ...windowFields(window),
          ...{ zero_point: zeroPoint, out_zero_point: outZeroPoint, min, max },
          weights: table('weights', 'int8_t', weights),
          filters: table('filters', 'int32_t', words),
        }),
      ],
      // The last channels may be read again after they are written: a pixel is as a whole.
      overlaps: new Map([[x, pixelDistance(window, 1) + window.channels]]),
    },
  ];
}
