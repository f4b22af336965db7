import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, output, struct, type Target, table } from '../../program.js';
import { pixelDistance, slidingWindow, windowFields } from '../pools/window.js';
import { filtersOf, rightOffset, shiftsRight } from './filters.js';

/** Any int8 depthwise convolution, in portable C. */
export function depthwiseInt8(node: Node, _target: Target): readonly Call[] {
  const [x, w] = node.inputs as readonly [Value, Value];
  const window = slidingWindow(node, w.shape.slice(1, 3));
  const made = filtersOf(node);
  const { filters, weights, zeroPoint, outZeroPoint, min, max } = made;
  const right = shiftsRight(made);
  const words = filters.flatMap((f) => [f.bias, f.multiplier, right ? rightOffset(outZeroPoint, f.shift) : outZeroPoint, f.shift]);
  const depth = window.channels === 0 ? 1 : w.shape[3] / window.channels;
  return [
    {
      kernel: 'depthwise_conv2d_s8',
      function: 'edgeml_depthwise_conv2d_s8_run',
      args: [
        input(x),
        output(node.outputs[0]),
        struct('edgeml_depthwise_conv2d_s8', {
          ...windowFields(window),
          ...{ depth, zero_point: zeroPoint, right: right ? 1 : 0, min, max },
          weights: table('weights', 'int8_t', weights),
          filters: table('filters', 'int32_t', words),
        }),
      ],
      overlaps: new Map([[x, pixelDistance(window, depth)]]),
    },
  ];
}
