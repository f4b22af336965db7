import { join } from 'node:path';
import { mapConcurrently } from '../concurrent.js';
import { ModelError, UsageError } from '../errors.js';
import { sizeOf } from '../ir/types.js';
import { converterFor } from './convert.js';
import { describeFolder, type Folder } from './folder.js';
import { showPort } from './layout.js';
import { framesFor, resampleAudio } from './resample-audio.js';
import type { DataOptions, PortSpec, Source } from './types.js';
import { openWav, type Wav } from './wav.js';
import { checkWindow, windowItem, windowsOf } from './windows.js';

/**
 * .wav files as waveforms in [-1, 1] before mean, std and scale: mixed to mono, resampled where `sampleRate` differs, cut to the input's
 * length from the beginning (or into windows with `step`), shorter ones followed by silence. Throws ModelError where the input takes no
 * waveform or the files' rates differ while none is given.
 */
export async function audioSource(folder: Folder, port: PortSpec, options: DataOptions): Promise<Source> {
  const size = sizeOf(port.shape);
  if (port.shape.filter((d) => d !== 1).length > 1)
    throw new ModelError(
      `${showPort(port)}, which is no waveform of [1,samples]: compute the features of the .wav files and give them as .npy.`,
    );
  const { step, sampleRate } = options;
  checkWindow(port, options);
  if (sampleRate !== undefined && !(Number.isFinite(sampleRate) && sampleRate > 0))
    throw new UsageError(`sampleRate is ${sampleRate}: it has to be above 0 Hz.`);

  const paths = folder.files.map((f) => join(folder.root, f));
  // Only the numbers are kept; files are opened again when they are read.
  const heads = await mapConcurrently(paths, 16, async (path) => {
    const { rate, frames } = await openWav(path);
    return { rate, frames };
  });
  const rate = sampleRate ?? heads[0].rate;
  if (sampleRate === undefined) {
    const other = heads.findIndex((h) => h.rate !== rate);
    if (other > 0)
      throw new ModelError(
        `${paths[0]} has ${rate} Hz and ${paths[other]} ${heads[other].rate} Hz: say with --sample-rate which the model was trained with, and the others are resampled.`,
      );
  }
  const lengths = heads.map((h) => Math.max(1, Math.round((h.frames * rate) / h.rate)));
  const windows = windowsOf(step ? lengths : lengths.map(() => size), size, step ?? size);
  const converter = converterFor(port, options);
  const resampled = heads.filter((h) => h.rate !== rate).length;
  return {
    length: windows.length,
    description: describeFolder(folder) + (step ? `, ${windows.length} windows of ${size} every ${step}` : ''),
    preparation: `mono at ${rate} Hz${resampled ? ` (${resampled} resampled)` : ''}, ${size} samples of [-1, 1], ${converter.description}`,
    classes: folder.classes,
    warnings: [...folder.warnings, ...fitWarnings(folder.root, lengths, size, step)],
    named: !step,
    item(i) {
      const { file, start } = windows.at(i);
      return step ? windowItem(folder.item(file), start, size) : folder.item(file);
    },
    async read(i) {
      const { file, start } = windows.at(i);
      const wave = await readAt(await openWav(paths[file]), start, size, rate);
      return converter.convert(wave, step ? `${paths[file]}, window at ${start}` : paths[file]);
    },
  };
}

function fitWarnings(root: string, lengths: readonly number[], size: number, step: number | undefined): string[] {
  const short = lengths.filter((n) => n < size).length;
  const long = step ? 0 : lengths.filter((n) => n > size).length;
  const warnings: string[] = [];
  if (short > 0) warnings.push(`${root}: ${short} of ${lengths.length} files are shorter than ${size} samples and end in silence.`);
  if (long > 0)
    warnings.push(
      `${root}: ${long} of ${lengths.length} files are longer than ${size} samples and are cut at their end (--step makes windows of them).`,
    );
  return warnings;
}

/** `size` samples at `rate` from sample `start` on; zeros beyond the end. */
async function readAt(wav: Wav, start: number, size: number, rate: number): Promise<Float32Array> {
  const ratio = wav.rate / rate;
  const out = new Float32Array(size);
  const length = Math.min(size, Math.max(0, Math.round(wav.frames / ratio) - start));
  if (length === 0) return out;
  if (ratio === 1) {
    out.set(await wav.read(start, length));
    return out;
  }
  const { first, count } = framesFor(start, length, ratio);
  const from = Math.max(0, first);
  const input = await wav.read(from, Math.min(wav.frames, first + count) - from);
  out.set(resampleAudio(input, from, start, length, ratio));
  return out;
}
