import { ints } from '../define.js';

/** Attributes of a 2-D sliding window over [N, H, W, C]. Pads are in elements: [top, left, bottom, right]. */
export const window2d = {
  strides: ints([1, 1]),
  dilations: ints([1, 1]),
  pads: ints([0, 0, 0, 0]),
};

/** Checks what every 2-D window needs; throws RangeError. */
export function checkWindow(
  kernel: readonly number[],
  attrs: { readonly strides: readonly number[]; readonly dilations: readonly number[]; readonly pads: readonly number[] },
): void {
  const whole = (name: string, list: readonly number[], length: number, least: number): void => {
    if (list.length !== length || list.some((n) => n < least)) {
      throw new RangeError(`its ${name} [${list}] must be ${length} integers of at least ${least}`);
    }
  };
  whole('window', kernel, 2, 1);
  whole('strides', attrs.strides, 2, 1);
  whole('dilations', attrs.dilations, 2, 1);
  whole('pads', attrs.pads, 4, 0);
}

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

/**
 * 'SAME' or 'VALID' where one of them means the same windows on this input, else undefined. `hw` is [height, width], `out`
 * the number of windows. Elements of the padding after the data that no window reaches do not count.
 */
export function paddingName(
  hw: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  pads: readonly number[],
  out: readonly number[] = [0, 1].map((i) => windowOutput(hw[i], kernel[i], strides[i], dilations[i], pads[i], pads[i + 2])),
): 'SAME' | 'VALID' | undefined {
  const axes = [0, 1];
  const reach = axes.map((i) => (out[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1);
  if (axes.every((i) => pads[i] === 0 && reach[i] <= hw[i] && reach[i] + strides[i] > hw[i])) return 'VALID';
  const same = axes.map((i) => samePadding(hw[i], kernel[i], strides[i], dilations[i]));
  return axes.every((i) => pads[i] === same[i][0] && out[i] === Math.ceil(hw[i] / strides[i])) ? 'SAME' : undefined;
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
