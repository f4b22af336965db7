import type { Value } from '../../../ir/graph.js';
import { padsOf } from '../../../ops/families/window.js';
import { activate, unsupportedActivation } from '../activations.js';
import type { LayerConfig } from '../config.js';
import { type LayerCall, type LayerRule, type Rules, reshaped, transposed } from '../layer.js';

/** Sizes along height and width; 1-D layers are 2-D ones of height 1. */
export const pair = (sizes: readonly number[]): [number, number] => (sizes.length === 1 ? [1, sizes[0]] : [sizes[0], sizes[1]]);

/** Computes on [N, H, W, C], whatever the layer's layout and rank. */
export function onImage(call: LayerCall, axes: 1 | 2, compute: (image: Value) => Value): Value {
  return call.channelsLast(call.float(call.ranked(axes + 2)), (x) => {
    if (axes === 2) return compute(x);
    const [n, length, channels] = x.shape;
    const y = compute(call.reshape(x, [n, 1, length, channels]));
    return call.reshape(y, [y.shape[0], y.shape[2], y.shape[3]]);
  });
}

interface Window {
  readonly kernel: [number, number];
  readonly strides: [number, number];
  readonly dilations: [number, number];
}

export function windowOf(config: LayerConfig, axes: 1 | 2, kernelField = 'kernel_size'): Window {
  const kernel = config.sizes(kernelField, axes);
  const strides = config.sizes('strides', axes, kernelField === 'pool_size' ? kernel : [1]);
  return { kernel: pair(kernel), strides: pair(strides), dilations: pair(config.sizes('dilation_rate', axes, [1])) };
}

/** Zeros around the image: TensorFlow's `same` and `valid`, and `causal`, which looks back only. */
export function padsFor(call: LayerCall, image: Value, { kernel, strides, dilations }: Window): number[] {
  const padding = call.config.string('padding', 'valid');
  if (padding === 'causal') return [0, dilations[1] * (kernel[1] - 1), 0, 0];
  if (padding !== 'same' && padding !== 'valid') return call.config.fail('padding', "'same', 'valid' or 'causal'");
  return padsOf(padding.toUpperCase(), image.shape.slice(1, 3), kernel, strides, dilations);
}

const optionalBias = (call: LayerCall, filters: number): readonly number[] | false => call.config.bool('use_bias', true) && [filters];

/** Kernel [..k, I/g, O] */
const convolution =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const { config } = call;
    const window = windowOf(config, axes);
    const [filters, groups] = [config.int('filters'), config.int('groups', 1)];
    const y = onImage(call, axes, (image) => {
      const perGroup = image.shape[3] / groups;
      if (!Number.isInteger(perGroup)) call.fail(`splits ${image.shape[3]} channels into ${groups} groups`);
      const { kernel, bias } = call.weights({
        kernel: [...config.sizes('kernel_size', axes), perGroup, filters],
        bias: optionalBias(call, filters),
      });
      const w = call.constant('kernel', () => transposed(reshaped(kernel.read(), [...window.kernel, perGroup, filters]), [3, 0, 1, 2]));
      const b = bias ? call.constant('bias', () => bias.read()) : null;
      const { strides, dilations } = window;
      return call.op('Conv2D', [image, w, b], { strides, dilations, groups, pads: padsFor(call, image, window) });
    });
    return activate(call, y);
  };

/** Kernel [..k, C, m]: output channel c·m + k, which is the order of the graph's filters. */
const depthwise =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const { config } = call;
    const window = windowOf(config, axes);
    const multiplier = config.int('depth_multiplier', 1);
    const y = onImage(call, axes, (image) => {
      const channels = image.shape[3];
      const filters = channels * multiplier;
      const { kernel, bias } = call.weights({
        kernel: [...config.sizes('kernel_size', axes), channels, multiplier],
        bias: optionalBias(call, filters),
      });
      const w = call.constant('depthwise_kernel', () => reshaped(kernel.read(), [1, ...window.kernel, filters]));
      const b = bias ? call.constant('bias', () => bias.read()) : null;
      const { strides, dilations } = window;
      return call.op('DepthwiseConv2D', [image, w, b], { strides, dilations, pads: padsFor(call, image, window) });
    });
    return activate(call, y);
  };

/** A depthwise convolution, then a 1x1 convolution with the bias. */
const separable =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const { config } = call;
    const window = windowOf(config, axes);
    const [filters, multiplier] = [config.int('filters'), config.int('depth_multiplier', 1)];
    const y = onImage(call, axes, (image) => {
      const channels = image.shape[3];
      const inner = channels * multiplier;
      const {
        depthwise: deep,
        pointwise,
        bias,
      } = call.weights({
        depthwise: [...config.sizes('kernel_size', axes), channels, multiplier],
        pointwise: [...new Array<number>(axes).fill(1), inner, filters],
        bias: optionalBias(call, filters),
      });
      const filter = call.constant('depthwise_kernel', () => reshaped(deep.read(), [1, ...window.kernel, inner]));
      const { strides, dilations } = window;
      const filtered = call.op('DepthwiseConv2D', [image, filter], { strides, dilations, pads: padsFor(call, image, window) });
      const w = call.constant('pointwise_kernel', () => transposed(reshaped(pointwise.read(), [1, 1, inner, filters]), [3, 0, 1, 2]));
      return call.op('Conv2D', [filtered, w, bias ? call.constant('bias', () => bias.read()) : null]);
    });
    return activate(call, y);
  };

/** One axis of a transposed convolution: what is cropped before and after the full output, and what is added after it. */
function transposeAxis(size: number, kernel: number, stride: number, dilation: number, same: boolean, outputPadding: number | undefined) {
  const span = dilation * (kernel - 1) + 1;
  const full = (size - 1) * stride + span;
  // keras/src/backend/common/backend_utils.py, `_get_output_shape_given_tf_padding`
  const out =
    outputPadding === undefined
      ? size * stride + (same ? 0 : Math.max(span - stride, 0))
      : (size - 1) * stride + span - (same ? 2 * Math.floor(span / 2) : 0) + outputPadding;
  const before = same ? Math.max(0, full - out) >> 1 : 0;
  return { before, after: Math.max(0, full - out - before), extra: Math.max(0, out - full) };
}

/** Kernel [..k, O, I] */
const transposedConvolution =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const { config } = call;
    const { kernel: k, strides, dilations } = windowOf(config, axes);
    const filters = config.int('filters');
    const same = config.string('padding', 'valid') === 'same';
    const extra = config.has('output_padding') ? config.ints('output_padding') : undefined;
    const y = onImage(call, axes, (image) => {
      const channels = image.shape[3];
      const { kernel, bias } = call.weights({
        kernel: [...config.sizes('kernel_size', axes), filters, channels],
        bias: optionalBias(call, filters),
      });
      const w = call.constant('kernel', () => transposed(reshaped(kernel.read(), [...k, filters, channels]), [2, 0, 1, 3]));
      const [rows, columns] = [0, 1].map((i) => {
        const added = extra && (axes === 1 ? [0, extra[0]][i] : (extra[i] ?? extra[0]));
        // The height of a 1-D layer is not a place where anything may be added.
        return transposeAxis(image.shape[i + 1], k[i], strides[i], dilations[i], same, axes === 1 && i === 0 ? undefined : added);
      });
      const b = bias ? call.constant('bias', () => bias.read()) : null;
      const pads = [rows.before, columns.before, rows.after, columns.after];
      return call.op('ConvTranspose2D', [image, w, b], { strides, dilations, pads, outputPads: [rows.extra, columns.extra] });
    });
    return activate(call, y);
  };

const rule = (build: (call: LayerCall) => Value): LayerRule => ({
  build,
  unsupported: (config) => unsupportedActivation(config.fields.activation),
});

function unsupportedTransposed(config: LayerConfig): string | undefined {
  const dilated = config.ints('dilation_rate', [1]).some((d) => d !== 1);
  if (dilated && config.string('padding', 'valid') === 'same') return "is dilated and padded 'same', which Keras's backends do differently";
  return unsupportedActivation(config.fields.activation);
}

export const convolutionLayers: Rules = {
  Conv1D: rule(convolution(1)),
  Conv2D: rule(convolution(2)),
  DepthwiseConv1D: rule(depthwise(1)),
  DepthwiseConv2D: rule(depthwise(2)),
  SeparableConv1D: rule(separable(1)),
  SeparableConv2D: rule(separable(2)),
  Conv1DTranspose: { build: transposedConvolution(1), unsupported: unsupportedTransposed },
  Conv2DTranspose: { build: transposedConvolution(2), unsupported: unsupportedTransposed },
};
