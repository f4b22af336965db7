import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { converterFor } from './convert.js';
import { loadImageDecoder } from './decode-image.js';
import { describeFolder, type Folder } from './folder.js';
import { imageLayout } from './layout.js';
import { fitImage } from './resample.js';
import type { DataOptions, PortSpec, Source } from './types.js';

/**
 * Images as samples of an input [1,H,W,C] or [1,C,H,W] with 1 or 3 channels. Pixels are 0 … 255 before mean and std; grey is ITU-R
 * BT.601 luma of the coded values. Throws ModelError where the input takes no images or sharp is missing.
 */
export async function imageSource(folder: Folder, port: PortSpec, options: DataOptions): Promise<Source> {
  checkOptions(options);
  const layout = imageLayout(port);
  const converter = converterFor(port, options);
  const decoder = await loadImageDecoder();
  const bgr = options.channels === 'bgr';
  return {
    length: folder.files.length,
    description: describeFolder(folder),
    preparation: `${describeFit(layout.width, layout.height, options)}, ${layout.channels === 1 ? 'grey' : bgr ? 'BGR' : 'RGB'} 0 to 255, ${converter.description}`,
    decoder: decoder.name,
    classes: folder.classes,
    warnings: [...folder.warnings, ...fractionWarning(options)],
    named: true,
    item: folder.item,
    async read(i) {
      const path = join(folder.root, folder.files[i]);
      const rgb = fitImage(await decoder.decode(path), layout.width, layout.height, options);
      return converter.convert(layout.channels === 1 ? toGrey(rgb) : bgr ? swapped(rgb) : rgb, path, 'nhwc');
    },
  };
}

function checkOptions({ cropFraction = 1, pad = 0 }: DataOptions): void {
  if (!(cropFraction > 0 && cropFraction <= 1))
    throw new UsageError(`cropFraction is ${cropFraction}: it has to be above 0 and at most 1.`);
  if (!Number.isInteger(pad) || pad < 0 || pad > 255)
    throw new UsageError(`pad is ${pad}: it has to be a whole pixel value from 0 to 255.`);
}

function describeFit(
  width: number,
  height: number,
  { resize = 'stretch', filter = 'bilinear', cropFraction = 1, pad = 0 }: DataOptions,
): string {
  const how = {
    stretch: 'stretched to',
    crop: cropFraction === 1 ? 'cropped to' : `cropped (centre ${cropFraction} of the shorter side) to`,
    letterbox: `letterboxed (border ${pad}) to`,
  };
  return `${how[resize]} ${width}×${height} (${filter})`;
}

/** Mean and std of scaled pixels (0.485, 0.229) applied to 0 … 255 are the usual mistake. */
function fractionWarning({ mean, std }: DataOptions): string[] {
  const below1 = (v: DataOptions['mean']) => v !== undefined && [v].flat().every((x) => x > 0 && x < 1);
  if (!below1(std) || (mean !== undefined && !below1(mean))) return [];
  return ['Mean and std are below 1, but pixels are 0 to 255: multiply both by 255 if the model was trained on pixels scaled to 0 … 1.'];
}

function toGrey(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length / 3);
  // 0.299, 0.587, 0.114 in units of 2^-16, rounded.
  for (let p = 0, i = 0; p < out.length; p++, i += 3) out[p] = (rgb[i] * 19595 + rgb[i + 1] * 38470 + rgb[i + 2] * 7471 + 0x8000) >> 16;
  return out;
}

function swapped(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    out[i] = rgb[i + 2];
    out[i + 1] = rgb[i + 1];
    out[i + 2] = rgb[i];
  }
  return out;
}
