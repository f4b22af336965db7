import { ModelError, UsageError } from '../errors.js';
import type { Numbers } from '../ir/tensor.js';
import type { Shape } from '../ir/types.js';
import type { PortSpec } from './types.js';

export type Layout = 'nhwc' | 'nchw';

/** Where height, width and channels stand in an input that takes images. */
export interface ImageLayout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly order: Layout;
}

export const showPort = (port: PortSpec): string => `input '${port.name}' takes ${port.dtype}[${port.shape.join(',')}]`;

/** The input's shape without a batch dimension of 1. A larger batch stays: one record fills the whole input. */
export const recordShape = (port: PortSpec): Shape => (port.shape.length > 1 && port.shape[0] === 1 ? port.shape.slice(1) : port.shape);

const isCount = (d: number): d is 1 | 3 => d === 1 || d === 3;

/**
 * Reads the layout off the shape: [1,H,W,C] or [1,C,H,W] with 1 or 3 channels, the batch may be absent. Where both readings are
 * possible, the one whose smaller side is larger is meant. Throws ModelError for an input that takes no image.
 */
export function imageLayout(port: PortSpec): ImageLayout {
  const { shape } = port;
  if (shape.length === 4 && shape[0] !== 1)
    throw new ModelError(
      `${showPort(port)}, a batch of ${shape[0]}, and images are fed one at a time: fix the batch to 1 with --input-shape.`,
    );
  const dims = shape.length === 4 ? shape.slice(1) : shape;
  const last =
    dims.length === 3 && isCount(dims[2]) ? { height: dims[0], width: dims[1], channels: dims[2], order: 'nhwc' as const } : undefined;
  const first =
    dims.length === 3 && isCount(dims[0]) ? { height: dims[1], width: dims[2], channels: dims[0], order: 'nchw' as const } : undefined;
  const side = (l: ImageLayout) => Math.min(l.height, l.width);
  if (last && first) {
    if (side(last) === side(first)) throw new ModelError(`${showPort(port)}, from which height, width and channels cannot be told apart.`);
    return side(last) > side(first) ? last : first;
  }
  const found = last ?? first;
  if (found) return found;
  throw new ModelError(
    `${showPort(port)}, which is no image: that would be [1,height,width,channels] or [1,channels,height,width] with 1 or 3 channels. ` +
      'Prepare the samples yourself and give them as .npy.',
  );
}

/** The axis of `record` that values given per channel belong to. Throws UsageError where none has that length. */
export function channelAxis(port: PortSpec, record: Shape, channels: number): number {
  const last = record.length - 1;
  if (record[last] === channels && record[0] === channels && record.length === 3) return imageLayout(port).order === 'nhwc' ? last : 0;
  if (record[last] === channels) return last;
  if (record[0] === channels) return 0;
  throw new UsageError(`mean or std has ${channels} values, but ${showPort(port)}, which has no channel axis of that length.`);
}

/** Values stored in `order`, reordered to the layout of the input; as they are where it is the same. */
export function toPortOrder<T extends Numbers>(values: T, port: PortSpec, order: Layout): T {
  const { height, width, channels, order: wanted } = imageLayout(port);
  if (order === wanted || channels === 1) return values;
  // Not values.slice(): decoders and files give Buffers, whose slice is a view, and reordering would overwrite what is still to be read.
  const out = Uint8Array.prototype.slice.call(values) as Numbers as T;
  const plane = height * width;
  if (wanted === 'nchw') for (let p = 0, i = 0; p < plane; p++) for (let c = 0; c < channels; c++) out[c * plane + p] = values[i++];
  else for (let c = 0, i = 0; c < channels; c++) for (let p = 0; p < plane; p++) out[p * channels + c] = values[i++];
  return out;
}
