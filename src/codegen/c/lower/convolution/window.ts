import type { Node, Value } from '../../../../ir/graph.js';
import { perTensorOf } from '../../requantize.js';

/** The fields of `edgeml_conv_window`. */
export interface Window {
  readonly batches: number;
  readonly in_height: number;
  readonly in_width: number;
  readonly in_channels: number;
  readonly out_height: number;
  readonly out_width: number;
  readonly kernel_height: number;
  readonly kernel_width: number;
  readonly stride_height: number;
  readonly stride_width: number;
  readonly dilation_height: number;
  readonly dilation_width: number;
  readonly pad_top: number;
  readonly pad_left: number;
  readonly groups: number;
  readonly group_channels: number;
  readonly zero_point: number;
  readonly y_first: number;
  readonly y_image: number;
  readonly y_row: number;
  readonly y_column: number;
}

/** How far apart the outputs of neighbouring images, rows and columns are. */
export const outputSteps = (height: number, width: number, channels: number) => ({
  y_first: 0,
  y_image: height * width * channels,
  y_row: width * channels,
  y_column: channels,
});

/** The window of a Conv2D or ConvTranspose2D. */
export function windowOf(node: Node): Window {
  const [x, w] = node.inputs as readonly [Value, Value];
  const [batches, in_height, in_width, in_channels] = x.shape;
  const [, out_height, out_width, outputs] = node.outputs[0].shape;
  const [, kernel_height, kernel_width, group_channels] = w.shape;
  const { strides, dilations, pads } = node.attrs as Record<string, readonly number[]>;
  return {
    ...{ batches, in_height, in_width, in_channels, out_height, out_width, kernel_height, kernel_width },
    ...{ stride_height: strides[0], stride_width: strides[1], dilation_height: dilations[0], dilation_width: dilations[1] },
    ...{ pad_top: pads[0], pad_left: pads[1], groups: node.attrs.groups as number, group_channels },
    zero_point: perTensorOf(x).zeroPoint,
    ...outputSteps(out_height, out_width, outputs),
  };
}

/** Whether windows are the pixels of the input one after the other: a pointwise convolution. */
export const isPointwise = (w: Window): boolean =>
  w.kernel_height === 1 &&
  w.kernel_width === 1 &&
  w.stride_height === 1 &&
  w.stride_width === 1 &&
  w.pad_top === 0 &&
  w.pad_left === 0 &&
  w.groups === 1 &&
  w.out_height === w.in_height &&
  w.out_width === w.in_width;

/** Whether the one window covers the input exactly: a dense layer. */
export const isDense = (w: Window): boolean =>
  w.batches * w.out_height * w.out_width === 1 &&
  w.groups === 1 &&
  w.pad_top === 0 &&
  w.pad_left === 0 &&
  w.in_height === w.kernel_height &&
  w.in_width === w.kernel_width &&
  (w.dilation_height === 1 || w.kernel_height === 1) &&
  (w.dilation_width === 1 || w.kernel_width === 1);

/**
 * How far below its input the output of a convolution may begin, in elements: windows are taken `atOnce` at a time and copied
 * before their outputs are written, so that the output written so far must end at or before the first element that a later
 * window needs.
 */
export function windowDistance(w: Window, outputs: number, atOnce: number): number {
  const pixels = w.batches * w.out_height * w.out_width;
  const firstOf = (pixel: number): number => {
    const column = pixel % w.out_width;
    const row = Math.floor(pixel / w.out_width) % w.out_height;
    const batch = Math.floor(pixel / (w.out_width * w.out_height));
    const y = firstTap(row * w.stride_height - w.pad_top, w.dilation_height, w.kernel_height, w.in_height);
    const x = firstTap(column * w.stride_width - w.pad_left, w.dilation_width, w.kernel_width, w.in_width);
    return y === undefined || x === undefined ? Infinity : ((batch * w.in_height + y) * w.in_width + x) * w.in_channels;
  };
  let needed = Infinity;
  let distance = -Infinity;
  const lastBlock = Math.floor((pixels - 1) / atOnce) * atOnce;
  for (let block = lastBlock; block >= 0; block -= atOnce) {
    const end = Math.min(pixels, block + atOnce);
    let here = Infinity;
    for (let p = block; p < end; p++) here = Math.min(here, firstOf(p));
    // With groups the block is read again after its first outputs are written.
    if (w.groups > 1) needed = Math.min(needed, here);
    if (needed !== Infinity) distance = Math.max(distance, end * outputs - needed);
    needed = Math.min(needed, here);
  }
  return Math.max(0, distance);
}

/** The first row (or column) of the input under a window that begins at `at`; undefined where it covers none. */
function firstTap(at: number, dilation: number, kernel: number, size: number): number | undefined {
  const tap = at < 0 ? Math.ceil(-at / dilation) : 0;
  const row = at + tap * dilation;
  return tap < kernel && row < size ? row : undefined;
}

/** Whether the taps of a filter's row are whole words that follow each other in the image. */
export const isWordwise = (w: Window): boolean =>
  w.groups === 1 && (w.dilation_width === 1 || w.kernel_width === 1) && (w.kernel_width * w.group_channels) % 4 === 0;

/** The window of int16 elements, whose channels and steps count bytes. */
export const inBytes = (w: Window): Window => ({
  ...w,
  ...{ in_channels: 2 * w.in_channels, group_channels: 2 * w.group_channels },
  ...{ y_first: 2 * w.y_first, y_image: 2 * w.y_image, y_row: 2 * w.y_row, y_column: 2 * w.y_column },
});

/**
 * How far below its input the output of rows may begin, in elements, where `atOnce` rows at a time are turned into outputs: the
 * first `copied` of them are not read any more when their outputs are written.
 */
export function rowDistance(count: number, depth: number, outputs: number, atOnce: number, copied: number): number {
  let distance = 0;
  for (let row = 0; row + copied < count; row += atOnce) {
    distance = Math.max(distance, Math.min(count, row + atOnce) * outputs - (row + copied) * depth);
  }
  return distance;
}
