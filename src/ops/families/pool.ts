import type { Value } from '../../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../../ir/types.js';
import { bool, type Cost, ints, type Operand } from '../define.js';
import type { Operation, TfliteOperator, TfliteOperatorSpec } from '../mappings.js';
import type { NodeBuilder } from '../node-builder.js';
import { type Activation, activation, applyActivation, fromTfliteActivation, toTfliteActivation } from './activation.js';
import { checkWindow, paddingName, padsOf, window2d, windowOutput } from './window.js';

/** Attributes of 2-D pooling: `kernel` [height, width]; `ceil` counts a last window that hangs over the end. */
export const poolAttributes = { kernel: ints(), ...window2d, ceil: bool(false), activation };

export interface PoolAttrs {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly ceil: boolean;
  readonly activation: Activation;
}

/** [N,H,W,C] -> [N,H',W',C]; throws RangeError where the window does not fit. */
export function inferPool(inputs: readonly (Operand | null)[], attrs: PoolAttrs): TypeInfo[] {
  const x = inputs[0] as Operand;
  if (x.shape.length !== 4) throw new RangeError('its input must have rank 4');
  checkWindow(attrs.kernel, attrs);
  const [n, h, w, c] = x.shape;
  const { kernel: k, strides: s, dilations: d, pads: p, ceil } = attrs;
  return [
    {
      dtype: x.dtype,
      shape: [n, windowOutput(h, k[0], s[0], d[0], p[0], p[2], ceil), windowOutput(w, k[1], s[1], d[1], p[1], p[3], ceil), c],
    },
  ];
}

/**
 * Folds each window, channel by channel. Padding takes no part in `step`; `finish` gets the number of elements of the window
 * that lie in the data and the number that lie in data or padding (a ceil-mode window can hang over both).
 */
export function evaluatePool(
  x: Tensor,
  attrs: PoolAttrs,
  output: TypeInfo,
  init: number,
  step: (acc: number, v: number) => number,
  finish: (acc: number, inside: number, padded: number) => number,
): Tensor {
  const [n, h, w, channels] = x.shape;
  const [, oh, ow] = output.shape;
  const { kernel, strides, dilations, pads } = attrs;
  const X = toNumbers(x);
  const Y = numbersFor(output.dtype, sizeOf(output.shape));
  const acc = new Float64Array(channels);
  let at = 0;
  for (let batch = 0; batch < n; batch++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++) {
        acc.fill(init);
        let inside = 0;
        let padded = 0;
        for (let ky = 0; ky < kernel[0]; ky++) {
          const iy = oy * strides[0] - pads[0] + ky * dilations[0];
          if (iy >= h + pads[2]) continue;
          for (let kx = 0; kx < kernel[1]; kx++) {
            const ix = ox * strides[1] - pads[1] + kx * dilations[1];
            if (ix >= w + pads[3]) continue;
            padded++;
            if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
            inside++;
            const from = ((batch * h + iy) * w + ix) * channels;
            for (let c = 0; c < channels; c++) acc[c] = step(acc[c], X[from + c]);
          }
        }
        for (let c = 0; c < channels; c++) Y[at++] = applyActivation(finish(acc[c], inside, padded), attrs.activation);
      }
  return fromNumbers(output.dtype, output.shape, Y);
}

/** One operation per element of each window. */
export const poolCost = (_: readonly (TypeInfo | null)[], outputs: readonly TypeInfo[], attrs: PoolAttrs): Cost => ({
  macs: 0,
  elements: sizeOf(outputs[0].shape) * attrs.kernel[0] * attrs.kernel[1],
});

/** Pool2DOptions. */
export function readPool(op: TfliteOperator): Operation {
  const kernel = [op.option<number>('filter_height'), op.option<number>('filter_width')];
  const strides = [op.option<number>('stride_h'), op.option<number>('stride_w')];
  return {
    inputs: [op.input(0)],
    attrs: {
      kernel,
      strides,
      pads: padsOf(op.option('padding'), op.input(0).shape.slice(1, 3), kernel, strides, [1, 1]),
      activation: fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows'),
    },
  };
}

/** Null where the pads are neither SAME nor VALID, and for dilated windows. */
export function writePool(attrs: PoolAttrs, x: TypeInfo, y: TypeInfo): TfliteOperatorSpec | null {
  if (attrs.dilations.some((d) => d !== 1)) return null;
  const padding = paddingName(x.shape.slice(1, 3), attrs.kernel, attrs.strides, attrs.dilations, attrs.pads, y.shape.slice(1, 3));
  if (!padding) return null;
  return {
    options: {
      padding,
      stride_h: attrs.strides[0],
      stride_w: attrs.strides[1],
      filter_height: attrs.kernel[0],
      filter_width: attrs.kernel[1],
      fused_activation_function: toTfliteActivation(attrs.activation),
    },
  };
}

/** More taps than this make too many operators of one. */
const mostTaps = 64;

/**
 * The elements that tap (row, column) of every window sees, one strided slice per tap: what a dilated window is for a format
 * without dilated pooling. `padded` holds the padding already. Null where there are too many.
 */
export function windowTaps(b: NodeBuilder, padded: Value, attrs: PoolAttrs, output: TypeInfo): Value[] | null {
  const { kernel, strides, dilations } = attrs;
  if (kernel[0] * kernel[1] > mostTaps) return null;
  const [n, oh, ow, c] = output.shape;
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => [Math.floor(i / kernel[1]), i % kernel[1]]);
  return taps.map(([row, column]) => {
    const starts = [0, row * dilations[0], column * dilations[1], 0];
    const ends = [n, starts[1] + (oh - 1) * strides[0] + 1, starts[2] + (ow - 1) * strides[1] + 1, c];
    return b.op('Slice', [padded], { starts, ends, steps: [1, strides[0], strides[1], 1] });
  });
}
