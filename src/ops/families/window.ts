import { ints } from '../define.js';

/** Attributes of a 2-D sliding window over [N, H, W, C]. Pads are in elements: [top, left, bottom, right]. */
export const window2d = {
  strides: ints([1, 1]),
  dilations: ints([1, 1]),
  pads: ints([0, 0, 0, 0]),
};

/** Output length of one axis; throws RangeError where the window does not fit into the padded input. */
export function windowOutput(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
  ceil = false,
): number {
  const span = dilation * (kernel - 1) + 1;
  const room = size + before + after - span;
  if (room < 0) throw new RangeError(`a window of ${span} does not fit into ${size} elements padded by ${before} and ${after}`);
  let out = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  // A ceil-mode window that would start in the padding after the data is dropped.
  if (ceil && (out - 1) * stride >= size + before) out--;
  return out;
}

/** TFLite's SAME padding of one axis as [before, after]: the odd element goes after. */
export function samePadding(size: number, kernel: number, stride: number, dilation: number): [number, number] {
  const span = dilation * (kernel - 1) + 1;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + span - size);
  return [total >> 1, total - (total >> 1)];
}

/** 'SAME' or 'VALID' where these pads are one of them for this input, else undefined. `hw` is [height, width]. */
export function paddingName(
  hw: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  pads: readonly number[],
): 'SAME' | 'VALID' | undefined {
  if (pads.every((p) => p === 0)) return 'VALID';
  const same = [0, 1].map((i) => samePadding(hw[i], kernel[i], strides[i], dilations[i]));
  return [0, 1].every((i) => pads[i] === same[i][0] && pads[i + 2] === same[i][1]) ? 'SAME' : undefined;
}

/** Pads [top, left, bottom, right] that a padding name stands for. */
export function padsOf(
  name: string,
  hw: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  if (name === 'VALID') return [0, 0, 0, 0];
  const same = [0, 1].map((i) => samePadding(hw[i], kernel[i], strides[i], dilations[i]));
  return [same[0][0], same[1][0], same[0][1], same[1][1]];
}
