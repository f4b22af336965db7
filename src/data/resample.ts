import type { DataOptions } from './types.js';

/** 8-bit pixels, three channels interleaved, rows from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A part of an image in pixels, edges inclusive-exclusive; fractions cut through pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Filter = NonNullable<DataOptions['filter']>;

const kernels: Readonly<Record<Exclude<Filter, 'nearest'>, { readonly support: number; weight(x: number): number }>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  // Keys' cubic convolution with a = -1/2.
  bicubic: {
    support: 2,
    weight(x) {
      const t = Math.abs(x);
      if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
      return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    },
  },
};

/** For each output position, the first input position that it sees and the weights from there on (`width` of them, 0 at the end). */
interface Taps {
  readonly first: Int32Array;
  readonly weights: Float32Array;
  readonly width: number;
}

/** Pixel centres are at half-integers; when shrinking, the kernel is widened by the factor so that every input pixel counts. */
function tapsFor(from: number, to: number, size: number, out: number, filter: Filter): Taps {
  const scale = (to - from) / out;
  const first = new Int32Array(out);
  if (filter === 'nearest') {
    for (let o = 0; o < out; o++) first[o] = Math.min(size - 1, Math.floor(from + (o + 0.5) * scale));
    return { first, weights: new Float32Array(out).fill(1), width: 1 };
  }
  const { support, weight } = kernels[filter];
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const width = Math.min(size, Math.ceil(2 * reach) + 1);
  const weights = new Float32Array(out * width);
  for (let o = 0; o < out; o++) {
    const centre = from + (o + 0.5) * scale;
    const low = Math.max(0, Math.floor(centre - reach + 0.5));
    const high = Math.min(size, Math.floor(centre + reach + 0.5));
    // Windows of equal width: near the end of the line the first position moves back and leading weights are 0.
    first[o] = Math.min(low, size - width);
    let sum = 0;
    for (let i = low; i < high; i++) sum += weight((i + 0.5 - centre) / stretch);
    for (let i = low; i < high; i++) weights[o * width + i - first[o]] = weight((i + 0.5 - centre) / stretch) / sum;
  }
  return { first, weights, width };
}

/** The part `box` of an image, scaled to width × height; values rounded to whole levels, half up. */
export function resample(image: Pixels, box: Box, width: number, height: number, filter: Filter): Uint8Array {
  const whole = box.left === 0 && box.top === 0 && box.right === image.width && box.bottom === image.height;
  if (whole && width === image.width && height === image.height) return image.data;
  const across = tapsFor(box.left, box.right, image.width, width, filter);
  const down = tapsFor(box.top, box.bottom, image.height, height, filter);
  const top = down.first[0];
  const rows = down.first[height - 1] + down.width - top;
  const narrow = shrinkRows(image, top, rows, across, width);

  const out = new Uint8ClampedArray(width * height * 3);
  const line = width * 3;
  const sums = new Float32Array(line);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < down.width; k++) {
      const w = down.weights[y * down.width + k];
      if (w === 0) continue;
      const row = (down.first[y] - top + k) * line;
      for (let x = 0; x < line; x++) sums[x] += w * narrow[row + x];
    }
    for (let x = 0; x < line; x++) out[y * line + x] = Math.floor(sums[x] + 0.5);
  }
  return new Uint8Array(out.buffer);
}

function shrinkRows(image: Pixels, top: number, rows: number, taps: Taps, width: number): Float32Array {
  const out = new Float32Array(rows * width * 3);
  const { data } = image;
  const { first, weights, width: count } = taps;
  for (let y = 0, o = 0; y < rows; y++) {
    const row = (top + y) * image.width;
    for (let x = 0; x < width; x++, o += 3) {
      let r = 0;
      let g = 0;
      let b = 0;
      let i = (row + first[x]) * 3;
      for (let k = x * count; k < (x + 1) * count; k++, i += 3) {
        const w = weights[k];
        r += w * data[i];
        g += w * data[i + 1];
        b += w * data[i + 2];
      }
      out[o] = r;
      out[o + 1] = g;
      out[o + 2] = b;
    }
  }
  return out;
}

/** Fits an image into width × height as `resize` says; the result has three channels. */
export function fitImage(image: Pixels, width: number, height: number, options: DataOptions): Uint8Array {
  const { resize = 'stretch', filter = 'bilinear', cropFraction = 1, pad = 0 } = options;
  const full = { left: 0, top: 0, right: image.width, bottom: image.height };
  if (resize === 'stretch') return resample(image, full, width, height, filter);
  if (resize === 'crop') {
    const scale = Math.min(image.width / width, image.height / height) * cropFraction;
    const left = (image.width - width * scale) / 2;
    const top = (image.height - height * scale) / 2;
    return resample(image, { left, top, right: left + width * scale, bottom: top + height * scale }, width, height, filter);
  }
  const scale = Math.min(width / image.width, height / image.height);
  const inner = { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) };
  const scaled = resample(image, full, inner.width, inner.height, filter);
  if (inner.width === width && inner.height === height) return scaled;
  const out = new Uint8Array(width * height * 3).fill(pad);
  const left = Math.floor((width - inner.width) / 2);
  const top = Math.floor((height - inner.height) / 2);
  for (let y = 0; y < inner.height; y++)
    out.set(scaled.subarray(y * inner.width * 3, (y + 1) * inner.width * 3), ((top + y) * width + left) * 3);
  return out;
}
