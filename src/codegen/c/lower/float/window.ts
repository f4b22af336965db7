import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { type Struct, struct } from '../../program.js';
import { boundsOf } from './operands.js';

/** A 2-D window over images with channels last; `pads` are [top, left]. */
export interface Window {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

export const windowOf = (node: Node, kernel: readonly number[]): Window => ({
  x: (node.inputs[0] as Value).shape,
  y: node.outputs[0].shape,
  kernel,
  strides: node.attrs.strides as readonly number[],
  dilations: node.attrs.dilations as readonly number[],
  pads: node.attrs.pads as readonly number[],
});

/** Whether every output is made of the input at its own place: then rows, columns and batches are one long row. */
export const isPointwise = ({ x, y, kernel, strides, pads }: Window): boolean =>
  kernel.every((k) => k === 1) && strides.every((s) => s === 1) && pads.every((p) => p === 0) && x[1] === y[1] && x[2] === y[2];

/** The same as one row of pixels. */
export function flattened(w: Window): Window {
  const row = (shape: readonly number[]): number[] => [1, 1, sizeOf(shape.slice(0, 3)), shape[3]];
  return isPointwise(w) ? { ...w, x: row(w.x), y: row(w.y) } : w;
}

/** `edgeml_window_f32` of kernels/window_f32.h. */
export function windowStruct(w: Window, groups: number, filtersFirst: boolean, node: Node): Struct {
  return struct('edgeml_window_f32', {
    batches: w.x[0],
    in_height: w.x[1],
    in_width: w.x[2],
    in_channels: w.x[3],
    out_height: w.y[1],
    out_width: w.y[2],
    out_channels: w.y[3],
    groups,
    kernel_height: w.kernel[0],
    kernel_width: w.kernel[1],
    stride_height: w.strides[0],
    stride_width: w.strides[1],
    dilation_height: w.dilations[0],
    dilation_width: w.dilations[1],
    pad_top: w.pads[0],
    pad_left: w.pads[1],
    filters_first: filtersFirst ? 1 : 0,
    clamped: (node.attrs.activation ?? 'none') === 'none' ? 0 : 1,
    ...boundsOf(node),
  });
}

/** Bytes of an edgeml_segment_f32 on a machine of 64 bits; one of 32 bits needs half. */
const segmentBytes = 40;

/** Bytes of segments and zeros that a window needs, up to a multiple of 16. */
export const windowScratch = ({ x, kernel }: Window): number => Math.ceil((segmentBytes * kernel[0] * kernel[1] + 4 * x[3]) / 16) * 16;

/**
 * How far before the input the output may begin, in bytes, when `step` neighbouring outputs of a row (with all their channels)
 * are written at a time, row by row: at every step what is written must lie before everything that this step and those
 * after it read.
 */
export function windowDistance({ x, y, kernel, strides, dilations, pads }: Window, step: number): number {
  const firstInside = (at: number, axis: number, size: number): number => {
    for (let k = 0; k < kernel[axis]; k++) {
      const i = at + k * dilations[axis];
      if (i >= 0) return i < size ? i : -1;
    }
    return -1;
  };
  const [batches, height, width, channels] = y;
  // From the last step to the first: the lowest element that is still to be read.
  let lowest = Infinity;
  let distance = -Infinity;
  for (let n = batches - 1; n >= 0; n--)
    for (let oy = height - 1; oy >= 0; oy--) {
      const iy = firstInside(oy * strides[0] - pads[0], 0, x[1]);
      for (let first = Math.floor((width - 1) / step) * step; first >= 0; first -= step) {
        const last = Math.min(first + step, width) - 1;
        for (let ox = first; iy >= 0 && ox <= last; ox++) {
          const ix = firstInside(ox * strides[1] - pads[1], 1, x[2]);
          if (ix >= 0) lowest = Math.min(lowest, ((n * x[1] + iy) * x[2] + ix) * x[3]);
        }
        const written = ((n * height + oy) * width + last + 1) * channels;
        if (lowest < Infinity) distance = Math.max(distance, written - lowest);
      }
    }
  return 4 * Math.max(0, distance);
}
