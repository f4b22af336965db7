import { promises as fs } from 'node:fs';
import type Sharp from 'sharp';
import { ModelError } from '../errors.js';
import { fileError, statPath } from './files.js';
import type { Pixels } from './resample.js';

/** Decodes image files to 8-bit RGB. */
export interface ImageDecoder {
  /** "sharp 0.35.5 / libvips 8.18.7" */
  readonly name: string;
  /**
   * Reads one image: EXIF orientation applied, alpha dropped, grey and CMYK turned to RGB, 16 bits cut to 8, embedded colour profiles
   * ignored (as the decoders of training pipelines do). Throws ModelError naming the file.
   */
  decode(path: string): Promise<Pixels>;
}

const largestFile = 256 << 20;
const mostPixels = 100_000_000;

/** The decoder, loaded when first needed. Throws ModelError where sharp is not installed or does not run on this machine. */
export async function loadImageDecoder(): Promise<ImageDecoder> {
  let sharp: typeof Sharp;
  try {
    sharp = (await import('sharp')).default;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : 'does not load on this machine';
    throw new ModelError(`Images are decoded by sharp, which ${reason}: run npm install sharp, or give the samples as .npy.`, {
      cause: error,
    });
  }
  // Every file is read once: libvips' cache of results would only hold memory.
  sharp.cache(false);
  return {
    name: `sharp ${sharp.versions.sharp} / libvips ${sharp.versions.vips}`,
    async decode(path) {
      const { size } = await statPath(path);
      if (size > largestFile) throw new ModelError(`${path} has ${size} bytes, more than the ${largestFile} that an image here can have.`);
      const bytes = await fs.readFile(path).catch((error) => {
        throw fileError(path, error);
      });
      try {
        const { data, info } = await sharp(bytes, { autoOrient: true, ignoreIcc: true, failOn: 'error', limitInputPixels: mostPixels })
          .removeAlpha()
          .toColourspace('srgb')
          .raw({ depth: 'uchar' })
          .toBuffer({ resolveWithObject: true });
        if (info.channels !== 3) throw new Error(`${info.channels} channels instead of 3`);
        return { width: info.width, height: info.height, data };
      } catch (error) {
        const reason = (error as Error).message.trim().split('\n')[0].replace(/\.$/, '');
        throw new ModelError(`${path} cannot be decoded (${reason}). Replace it or leave it out.`, { cause: error });
      }
    },
  };
}
