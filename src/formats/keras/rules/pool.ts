import type { Value } from '../../../ir/graph.js';
import type { LayerCall, LayerRule, Rules } from '../layer.js';
import { onImage, padsFor, windowOf } from './convolution.js';

const pool =
  (op: 'MaxPool2D' | 'AveragePool2D', axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const { kernel, strides } = windowOf(call.config, axes, 'pool_size');
    // The padding never counts in a mean: the divisor is the number of elements that lie in the data.
    return onImage(call, axes, (image) =>
      call.op(op, [image], { kernel, strides, pads: padsFor(call, image, { kernel, strides, dilations: [1, 1] }) }),
    );
  };

const globalPool =
  (op: 'ReduceMean' | 'ReduceMax', axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const x = call.float(call.ranked(axes + 2));
    const first = call.channelsFirst ? 2 : 1;
    return call.op(op, [x], { axes: axes === 1 ? [first] : [first, first + 1], keepDims: call.config.bool('keepdims', false) });
  };

const rule = (build: (call: LayerCall) => Value): LayerRule => ({ build });

export const poolLayers: Rules = {
  MaxPooling1D: rule(pool('MaxPool2D', 1)),
  MaxPooling2D: rule(pool('MaxPool2D', 2)),
  AveragePooling1D: rule(pool('AveragePool2D', 1)),
  AveragePooling2D: rule(pool('AveragePool2D', 2)),
  GlobalAveragePooling1D: rule(globalPool('ReduceMean', 1)),
  GlobalAveragePooling2D: rule(globalPool('ReduceMean', 2)),
  GlobalMaxPooling1D: rule(globalPool('ReduceMax', 1)),
  GlobalMaxPooling2D: rule(globalPool('ReduceMax', 2)),
};
