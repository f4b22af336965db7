import type { Attrs, Value } from '../../../ir/graph.js';
import { isFloat } from '../../../ir/types.js';
import type { LayerConfig } from '../config.js';
import type { LayerCall, Rules } from '../layer.js';
import { onImage, pair } from './convolution.js';
import { crop } from './shape.js';

/** TensorFlow's ways of resizing, with the centres of pixels half a pixel inside (tf.image.resize, version 2). */
const methods: Readonly<Record<string, Attrs>> = {
  nearest: { mode: 'nearest', coordinates: 'half_pixel', nearest: 'round_prefer_ceil' },
  bilinear: { mode: 'linear', coordinates: 'half_pixel' },
  // Keys's kernel with a = -0.5, whose weights outside the image are left out and made up for. TensorFlow rounds positions to
  // 1/1024 of a pixel, so that its results differ in the fourth digit.
  bicubic: { mode: 'cubic', coordinates: 'half_pixel', cubicCoeff: -0.5, excludeOutside: true },
};

/** A whole factor repeats elements; said in the way that every backend knows. */
const repeat: Attrs = { mode: 'nearest', coordinates: 'asymmetric', nearest: 'floor' };

const upSampling =
  (axes: 1 | 2) =>
  (call: LayerCall): Value => {
    const size = pair(call.config.sizes('size', axes, [2]));
    const interpolation = call.config.string('interpolation', 'nearest');
    const method = interpolation === 'nearest' ? repeat : methods[interpolation];
    return onImage(call, axes, (image) => {
      const [n, h, w, c] = image.shape;
      return call.op('Resize', [image], { ...method, sizes: [n, h * size[0], w * size[1], c] });
    });
  };

function resizing(call: LayerCall): Value {
  if (!isFloat(call.x.dtype)) call.refuse(`resizes ${call.x.dtype} images; only float32 ones are supported`);
  const [height, width] = [call.config.int('height'), call.config.int('width')];
  const method = methods[call.config.string('interpolation', 'bilinear')];
  return onImage(call, 2, (image) => call.op('Resize', [image], { ...method, sizes: [image.shape[0], height, width, image.shape[3]] }));
}

const unknownMethod = (config: LayerConfig): string | undefined => {
  const name = config.string('interpolation', 'bilinear');
  return Object.hasOwn(methods, name) ? undefined : `interpolates by '${name}'; nearest, bilinear and bicubic are supported`;
};

function unsupportedResizing(config: LayerConfig): string | undefined {
  for (const field of ['antialias', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio']) {
    if (config.bool(field, false)) return `resizes with ${field}, which is not supported`;
  }
  return unknownMethod(config);
}

function centerCrop(call: LayerCall): Value {
  const x = call.float(call.ranked(4));
  const first = call.channelsFirst ? 2 : 1;
  const bounds = [call.config.int('height'), call.config.int('width')].map((size, i): [number, number] => {
    const room = x.shape[first + i] - size;
    // Keras then resizes instead.
    if (room < 0) call.refuse(`crops an image of [${x.shape}] to a larger size`);
    return [room >> 1, (room >> 1) + size];
  });
  return crop(call, x, bounds);
}

export const resizeLayers: Rules = {
  UpSampling1D: { build: upSampling(1) },
  UpSampling2D: { build: upSampling(2), unsupported: unknownMethod },
  Resizing: { build: resizing, unsupported: unsupportedResizing },
  CenterCrop: { build: centerCrop },
};
