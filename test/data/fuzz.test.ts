import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataOptions, openData, type PortSpec } from '../../src/data/index.js';
import { EdgemlError } from '../../src/errors.js';
import { fixture, folderWith, port } from './helpers.js';

interface Case {
  readonly file: string;
  readonly ports: readonly PortSpec[];
  readonly options?: DataOptions;
}

const cases: readonly Case[] = [
  ...['rgb.png', 'grey16.png', 'turned.jpg', 'lossless.webp'].map((f) => ({ file: `kinds/${f}`, ports: [port([1, 4, 6, 3])] })),
  ...['float32.npy', 'fortran.npy', 'int64-v2.npy'].map((f) => ({ file: `arrays/${f}`, ports: [port([1, 2, 3])] })),
  ...['stored.npz', 'deflated.npz'].map((f) => ({
    file: `arrays/${f}`,
    ports: [port([1, 2, 3], 'float32', 'left'), port([1, 4], 'int32', 'right')],
  })),
  { file: 'rows/labelled.csv', ports: [port([1, 3])] },
  { file: 'tones/high/b.wav', ports: [port([1, 100])], options: { sampleRate: 4000, step: 400 } },
  { file: 'raw/y_labels.csv', ports: [port([1, 12])], options: { raw: 'uint8' } },
];

describe('samples with a byte changed or an end cut off', () => {
  it.each(cases)('$file: read, or refused by a sentence', async ({ file, ports, options }) => {
    const good = readFileSync(fixture(file));
    // A labels file is read beside its samples, the others by themselves.
    const beside = file.endsWith('y_labels.csv');
    const names = ['one.bin', 'two.bin', 'three.bin'];
    const root = folderWith(beside ? Object.fromEntries(names.map((n) => [n, readFileSync(fixture(`raw/${n}`))])) : {});
    const target = join(root, beside ? 'y_labels.csv' : `sample${file.slice(file.lastIndexOf('.'))}`);
    mkdirSync(dirname(target), { recursive: true });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(3), async (position, change, cut) => {
        const at = position % good.length;
        const bytes = Buffer.from(cut === 0 ? good.subarray(0, at) : good);
        if (cut > 0) bytes[at] ^= change;
        writeFileSync(target, bytes);
        try {
          const data = await openData(beside ? root : target, ports, options);
          for (let i = 0; i < Math.min(5, data.size); i++) await data.read(i);
          await data.close();
        } catch (error) {
          if (!(error instanceof EdgemlError)) throw error;
          expect(error.message).toMatch(/^[^\n]{20,1000}[.?]$/);
          refused++;
        }
      }),
      { numRuns: 150, seed: 1 },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
