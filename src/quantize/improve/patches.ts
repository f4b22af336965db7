import type { Node, Value } from '../../ir/graph.js';

/**
 * What one output element of a linear operator is the dot product of: `length` inputs, gathered from a tensor.
 * For depthwise convolutions there is one such patch per channel.
 */
export interface Patches {
  /** Inputs per dot product: kh·kw·I for a convolution, I for a dense layer, kh·kw per channel for a depthwise one. */
  readonly length: number;
  /** Channels with patches of their own: 1, or C for depthwise. */
  readonly channels: number;
  /** Positions in one sample that a patch can be taken at. */
  readonly positions: number;
  /** Copies the patch of one channel at a position into `out`, in the order of the filter's elements; padding is 0. */
  gather(data: Float32Array, position: number, channel: number, out: Float64Array): void;
}

/** The patches of a node's data input, or undefined for operators that adaptive rounding does not handle. */
export function patchesOf(node: Node): Patches | undefined {
  const [x, w] = node.inputs as readonly Value[];
  if (node.op === 'FullyConnected') {
    const length = w.shape[1];
    return {
      length,
      channels: 1,
      positions: x.shape.slice(0, -1).reduce((a, b) => a * b, 1),
      gather: (data, position, _, out) => {
        for (let i = 0, at = position * length; i < length; i++) out[i] = data[at++];
      },
    };
  }
  if (node.op === 'Conv2D' && node.attrs.groups === 1) return windows(node, w.shape[3], 1);
  if (node.op === 'DepthwiseConv2D') return windows(node, 1, x.shape[3]);
  return undefined;
}

function windows(node: Node, depth: number, channels: number): Patches {
  const [x, w] = node.inputs as readonly Value[];
  const [, height, width, stored] = x.shape;
  const [, kh, kw] = w.shape;
  const [batch, oh, ow] = node.outputs[0].shape;
  const [sh, sw] = node.attrs.strides as readonly number[];
  const [dh, dw] = node.attrs.dilations as readonly number[];
  const [top, left] = node.attrs.pads as readonly number[];
  return {
    length: kh * kw * depth,
    channels,
    positions: batch * oh * ow,
    gather: (data, position, channel, out) => {
      const ox = position % ow;
      const oy = Math.floor(position / ow) % oh;
      const image = Math.floor(position / (ow * oh)) * height;
      let to = 0;
      for (let ky = 0; ky < kh; ky++) {
        const iy = oy * sh - top + ky * dh;
        for (let kx = 0; kx < kw; kx++) {
          const ix = ox * sw - left + kx * dw;
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) {
            for (let c = 0; c < depth; c++) out[to++] = 0;
            continue;
          }
          const from = ((image + iy) * width + ix) * stored + channel;
          for (let c = 0; c < depth; c++) out[to++] = data[from + c];
        }
      }
    },
  };
}
