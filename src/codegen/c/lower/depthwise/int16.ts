import type { Node, Value } from '../../../../ir/graph.js';
import type { Activation } from '../../../../ops/families/activation.js';
import { type Call, input, NoKernel, output, struct, type Target, table } from '../../program.js';
import { activationBounds, perTensorOf } from '../../requantize.js';
import { constantsOf, multipliersOf } from '../convolution/channels.js';
import { pixelDistance, slidingWindow, windowFields } from '../pools/window.js';

/** The multiplier of TensorFlow Lite's requantization of 64-bit sums: 15 bits of the 31. */
const narrow = (multiplier: number): number => (multiplier < 0x7fff0000 ? Math.floor((multiplier + 0x8000) / 0x10000) : 0x7fff);

/** int8 weights on int16 activations, sums in 64 bits. */
export function depthwiseInt16(node: Node, _target: Target): readonly Call[] {
  const [x, w] = node.inputs as readonly [Value, Value];
  const [y] = node.outputs;
  if (perTensorOf(x).zeroPoint !== 0 || perTensorOf(y).zeroPoint !== 0) throw new NoKernel('takes int16 with zero point 0 only');
  const { b } = constantsOf(node);
  const window = slidingWindow(node, w.shape.slice(1, 3));
  const outputs = w.shape[3];
  const scales = multipliersOf(node, w, outputs).map(({ multiplier, shift }) => {
    if (shift > 7) throw new NoKernel('has scales that are too far apart for sums in 64 bits');
    return [narrow(multiplier), shift];
  });
  const [min, max] = activationBounds(y, node.attrs.activation as Activation);
  const depth = window.channels === 0 ? 1 : outputs / window.channels;
  const bias = Array.from({ length: outputs }, (_, c) => (b?.data ? BigInt(b.data[c] as bigint | number) : 0n));
  return [
    {
      kernel: 'depthwise_conv2d_s16',
      function: 'edgeml_depthwise_conv2d_s16_run',
      args: [
        input(x),
        output(y),
        struct('edgeml_depthwise_conv2d_s16', {
          ...windowFields(window),
          ...{ depth, min, max },
          weights: table('weights', 'int8_t', w.data as Int8Array),
          bias: table('bias', 'int64_t', bias),
          scales: table('scales', 'int32_t', scales.flat()),
        }),
      ],
      overlaps: new Map([[x, pixelDistance(window, depth) * 2]]),
    },
  ];
}
