import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, output, type Rule, struct } from '../../program.js';
import { boundsOf, needFloats } from './operands.js';
import { windowDistance, windowOf } from './window.js';

function pool(node: Node): Call[] {
  const [x] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  needFloats(x);
  const { kernel, strides, dilations, pads } = node.attrs as Record<string, readonly number[]>;
  const [batches, height, width, channels] = x.shape;
  const params = struct('edgeml_pool_f32', {
    batches,
    in_height: height,
    in_width: width,
    channels,
    out_height: y.shape[1],
    out_width: y.shape[2],
    kernel_height: kernel[0],
    kernel_width: kernel[1],
    stride_height: strides[0],
    stride_width: strides[1],
    dilation_height: dilations[0],
    dilation_width: dilations[1],
    pad_top: pads[0],
    pad_left: pads[1],
    end_height: height + pads[2],
    end_width: width + pads[3],
    count_padding: node.attrs.countIncludePad ? 1 : 0,
    ...boundsOf(node),
  });
  return [
    {
      kernel: 'pool_f32',
      function: node.op === 'MaxPool2D' ? 'edgeml_max_pool_f32' : 'edgeml_average_pool_f32',
      args: [input(x), output(y), params],
      overlaps: new Map([[x, windowDistance(windowOf(node, kernel), 1)]]),
    },
  ];
}

export const floatPoolRules: readonly Rule[] = [{ ops: ['AveragePool2D', 'MaxPool2D'], types: ['float32'], lower: pool }];
