import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/data/random.js';
import { shared } from '../shared.js';

/** A float32 array as a .npy file, version 1.0 of numpy.lib.format. */
export function npy(shape: readonly number[], data: Float32Array): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const length = Math.ceil((header.length + 1 + 10) / 64) * 64 - 10;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${header.padEnd(length - 1)}\n`, 'latin1');
  head.writeUInt16LE(length, 8);
  return Buffer.concat([head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

/** Samples in [-1, 1), as an image network takes them. */
export function noise(shape: readonly number[], seed: number): Uint8Array {
  const random = new Random(seed);
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform() - 1);
  return npy(shape, data);
}

interface Stored {
  readonly folder: string;
  readonly shape: readonly number[];
  /** The element as stored to the number that the model takes. */
  readonly real: (byte: number) => number;
  readonly limit?: number;
}

/** What the peer script calibrates with (its tasks.py), so that both see the same numbers. */
const stored: Readonly<Record<string, Stored>> = {
  ic: { folder: 'data/ic_calibration', shape: [32, 32, 3], real: (b) => b },
  kws: {
    folder: 'data/kws_eval',
    shape: [49, 10, 1],
    real: (b) => Math.fround(Math.fround(((b << 24) >> 24) - 83) * Math.fround(0.584702909)),
    limit: 100,
  },
  vww: { folder: 'data/vww_calibration', shape: [96, 96, 3], real: (b) => b / 255 },
};

/** The calibration samples of an MLPerf Tiny task as one .npy file. */
export function taskSamples(task: string): Uint8Array {
  const { folder, shape, real, limit } = stored[task];
  const rows = readFileSync(shared(`${folder}/y_labels.csv`), 'utf8')
    .split('\n')
    .filter((row) => row !== '')
    .slice(0, limit);
  const files = rows.map((row) => readFileSync(join(shared(folder), row.split(',')[0])));
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(files.length * size);
  files.forEach((bytes, i) => {
    if (bytes.length !== size) throw new Error(`${rows[i]}: ${bytes.length} bytes, not ${size}`);
    data.set(Float32Array.from(bytes, real), i * size);
  });
  return npy([files.length, ...shape], data);
}
