import type { Node, Value } from '../../ir/graph.js';
import { sizeOf, type TypeInfo } from '../../ir/types.js';
import type { Operand } from '../define.js';
import type { TfliteOperator } from '../mappings.js';
import { type Activation, fromTfliteActivation, toTfliteActivation } from './activation.js';
import { checkWindow, paddingName, padsOf, windowOutput } from './window.js';

export interface ConvolutionAttrs {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly activation: Activation;
}

/** The output of a window of [.., kh, kw, ..] that moves over x [N,H,W,C] and makes `filters` channels; checks ranks, types and bias. */
export function inferConvolution(inputs: readonly (Operand | null)[], attrs: ConvolutionAttrs, filters: number): TypeInfo[] {
  const [x, w, b] = inputs as readonly Operand[];
  checkOperands(x, w, b, filters);
  const { strides: s, dilations: d, pads: p } = attrs;
  const [n, h, width] = x.shape;
  const [, kh, kw] = w.shape;
  checkWindow([kh, kw], attrs);
  return [
    { dtype: x.dtype, shape: [n, windowOutput(h, kh, s[0], d[0], p[0], p[2]), windowOutput(width, kw, s[1], d[1], p[1], p[3]), filters] },
  ];
}

/** Rank 4 and one bias per filter. */
export function checkOperands(x: Operand, w: Operand, b: Operand | null, filters: number): void {
  if (x.shape.length !== 4 || w.shape.length !== 4) throw new RangeError('its input and filter must have rank 4');
  if (b && (b.shape.length !== 1 || b.shape[0] !== filters))
    throw new RangeError(`its bias has the shape [${b.shape}] for ${filters} filters`);
}

/** Fields that Conv2DOptions and DepthwiseConv2DOptions share. */
export function readConvolution(op: TfliteOperator): ConvolutionAttrs & Record<string, string | readonly number[]> {
  const [x, w] = [op.input(0).shape, op.input(1).shape];
  const strides = [op.option<number>('stride_h'), op.option<number>('stride_w')];
  const dilations = [op.option<number>('dilation_h_factor'), op.option<number>('dilation_w_factor')];
  return {
    strides,
    dilations,
    pads: padsOf(op.option('padding'), x.slice(1, 3), w.slice(1, 3), strides, dilations),
    activation: fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows'),
  };
}

/** {@link readConvolution} the other way; null where the pads are neither SAME nor VALID. */
export function writeConvolution(attrs: ConvolutionAttrs, node: Node): Record<string, string | number> | null {
  const [x, w] = node.inputs as readonly Operand[];
  const padding = paddingName(x.shape.slice(1, 3), w.shape.slice(1, 3), attrs.strides, attrs.dilations, attrs.pads);
  if (!padding) return null;
  return {
    padding,
    stride_h: attrs.strides[0],
    stride_w: attrs.strides[1],
    dilation_h_factor: attrs.dilations[0],
    dilation_w_factor: attrs.dilations[1],
    fused_activation_function: toTfliteActivation(attrs.activation),
  };
}

/** Multiply-accumulates of a filter w [.., kh, kw, channels] at every output element. */
export const convolutionCost = (channels: number, w: TypeInfo, y: TypeInfo): { macs: number; elements: number } => ({
  macs: sizeOf(y.shape) * w.shape[1] * w.shape[2] * channels,
  elements: sizeOf(y.shape),
});

/** Float activations on int8 weights: the "hybrid" kernels of TFLite. */
export const isHybrid = (node: Node): boolean =>
  (node.inputs[0] as Value).dtype === 'float32' && (node.inputs[1] as Value).dtype === 'int8';

export const isPerChannel = (v: Value | null): boolean => (v?.quant?.scale.length ?? 1) > 1;
