import type { Node, Value } from '../../../../ir/graph.js';
import { NoKernel } from '../../program.js';

/** The fields of `edgeml_window`. */
export interface SlidingWindow {
  readonly batches: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly out_height: number;
  readonly out_width: number;
  readonly kernel_height: number;
  readonly kernel_width: number;
  readonly stride_y: number;
  readonly stride_x: number;
  readonly dilation_y: number;
  readonly dilation_x: number;
  readonly pad_top: number;
  readonly pad_left: number;
}

/** The window of a node over [N,H,W,C], with its attributes strides, dilations and pads. */
export function slidingWindow(node: Node, kernel: readonly number[]): SlidingWindow {
  const [batches, height, width, channels] = (node.inputs[0] as Value).shape;
  const [, out_height, out_width] = node.outputs[0].shape;
  const { strides, dilations, pads } = node.attrs as Record<string, readonly number[]>;
  return {
    ...{ batches, height, width, channels, out_height, out_width, kernel_height: kernel[0], kernel_width: kernel[1] },
    ...{ stride_y: strides[0], stride_x: strides[1], dilation_y: dilations[0], dilation_x: dilations[1] },
    ...{ pad_top: pads[0], pad_left: pads[1] },
  };
}

/** The window as the member `window` of a kernel's struct. */
export const windowFields = (w: SlidingWindow): Record<string, number> =>
  Object.fromEntries(Object.entries(w).map(([name, value]) => [`window.${name}`, value]));

/** The first element of an axis under a window that begins at `origin`; undefined where it covers none. */
function firstUnder(origin: number, dilation: number, kernel: number, size: number): number | undefined {
  const tap = origin < 0 ? Math.ceil(-origin / dilation) : 0;
  const at = origin + tap * dilation;
  return tap < kernel && at < size ? at : undefined;
}

const columnsOf = (w: SlidingWindow) =>
  Array.from({ length: w.out_width }, (_, i) => firstUnder(i * w.stride_x - w.pad_left, w.dilation_x, w.kernel_width, w.width));
const rowsOf = (w: SlidingWindow) =>
  Array.from({ length: w.out_height }, (_, i) => firstUnder(i * w.stride_y - w.pad_top, w.dilation_y, w.kernel_height, w.height));

/** Throws NoKernel where a window has no element of the data: such a mean or maximum is not defined. */
export function checkCovered(w: SlidingWindow): void {
  if ([...columnsOf(w), ...rowsOf(w)].some((at) => at === undefined)) throw new NoKernel('has windows that lie in the padding alone');
}

/**
 * How far below its input the output may begin, in elements, for a kernel that takes output pixels in order and in each its
 * channels in order, `depth` outputs to a channel of the input: whatever is written must not be needed by that pixel's later
 * channels or by a later pixel.
 */
export function pixelDistance(w: SlidingWindow, depth: number): number {
  const rows = rowsOf(w);
  const columns = columnsOf(w);
  const outputs = w.channels * depth;
  let needed = Infinity;
  let distance = 0;
  for (let n = w.batches - 1; n >= 0; n--)
    for (let y = w.out_height - 1; y >= 0; y--)
      for (let x = w.out_width - 1; x >= 0; x--) {
        const pixel = (n * w.out_height + y) * w.out_width + x;
        // All of this pixel is written before a later one is read.
        distance = Math.max(distance, (pixel + 1) * outputs - needed);
        const [row, column] = [rows[y], columns[x]];
        if (row === undefined || column === undefined) continue;
        const first = ((n * w.height + row) * w.width + column) * w.channels;
        // With one output to a channel, what is written of this pixel ends where what is needed of it begins.
        distance = Math.max(distance, (pixel + (depth === 1 ? 0 : 1)) * outputs - first);
        needed = Math.min(needed, first);
      }
  return distance;
}

/**
 * The same in bytes of int8, for a kernel that copies a channel of an image before it writes that of the output, pixel on pixel:
 * only later images have to be out of its reach.
 */
export function imageDistance(w: SlidingWindow): number {
  const [from, to] = [w.height * w.width, w.out_height * w.out_width];
  return Math.max(0, (w.batches - 1) * (to - from)) * w.channels;
}
