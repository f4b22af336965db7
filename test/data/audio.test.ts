import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeWav, type WavCoding } from '../../fixtures/data/wav.js';
import { openData } from '../../src/data/index.js';
import { ModelError } from '../../src/errors.js';
import { fixture, folderWith, labels, port, refusal, values } from './helpers.js';

const sine = (hertz: number, rate: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));
const worst = (a: number[], b: number[]): number => Math.max(...a.map((v, i) => Math.abs(v - b[i])));

describe('.wav files', () => {
  it('of all codings give the waveform, mixed to mono', async () => {
    const data = await openData(fixture('tones'), [port([1, 1000])]);
    expect(data.classes).toEqual(['high', 'low']);
    expect(labels(data)).toEqual([0, 0, 1, 1]);
    expect(data.preparation).toBe('mono at 8000 Hz, 1000 samples of [-1, 1], values as they are');
    expect(worst(await values(data, 0), sine(2000, 8000, 1000))).toBeLessThan(2 ** -16);
    // The second channel of b.wav is silent.
    expect(
      worst(
        await values(data, 1),
        sine(2000, 8000, 1000).map((v) => v / 2),
      ),
    ).toBeLessThan(2 ** -24);
    expect(worst(await values(data, 2), sine(500, 8000, 1000))).toBeLessThanOrEqual(2 ** -8);
    // d.wav is half as long: silence follows.
    const d = await values(data, 3);
    expect(worst(d.slice(0, 500), sine(500, 8000, 500))).toBeLessThan(1e-7);
    expect(d.slice(500)).toEqual(Array(500).fill(0));
    expect(data.warnings).toEqual([expect.stringMatching(/1 of 4 files are shorter than 1000 samples and end in silence\.$/)]);
  });

  it('reach -1 but not 1', async () => {
    for (const [coding, top] of [
      ['u8', 127 / 128],
      ['s16', 32767 / 32768],
      ['s24', 1 - 2 ** -23],
      ['f32', 1],
    ] as [WavCoding, number][]) {
      const root = folderWith({ 'a.wav': encodeWav(8000, [[-1, 0, 1]], coding) });
      expect(await values(await openData(root, [port([1, 3])]), 0), coding).toEqual([-1, 0, top]);
    }
  });

  it.each([
    { from: 44100, to: 16000, hertz: 440 },
    { from: 8000, to: 16000, hertz: 1000 },
    { from: 22050, to: 16000, hertz: 3000 },
  ])('are resampled from $from to $to Hz', async ({ from, to, hertz }) => {
    const root = folderWith({ 'a.wav': encodeWav(from, [sine(hertz, from, from / 2)], 'f32') });
    const data = await openData(root, [port([1, to / 2])], { sampleRate: to });
    expect(data.preparation).toContain(`mono at ${to} Hz (1 resampled)`);
    const found = await values(data, 0);
    // The filter sees no sound before the beginning and after the end.
    expect(worst(found.slice(100, -100), sine(hertz, to, to / 2).slice(100, -100))).toBeLessThan(2e-3);
  });

  it('lose what the lower rate cannot carry', async () => {
    const root = folderWith({ 'a.wav': encodeWav(48000, [sine(12000, 48000, 48000)], 'f32') });
    const found = await values(await openData(root, [port([1, 8000])], { sampleRate: 8000 }), 0);
    expect(Math.max(...found.slice(100, -100).map(Math.abs))).toBeLessThan(2e-3);
  });

  it('are cut into windows, resampled or not', async () => {
    const wave = sine(100, 8000, 4000);
    const root = folderWith({ 'a.wav': encodeWav(8000, [wave], 'f32') });
    const data = await openData(root, [port([1, 1000])], { step: 1500 });
    expect(data.size).toBe(3);
    expect(worst(await values(data, 1), wave.slice(1500, 2500))).toBeLessThan(1e-7);
    const half = await openData(root, [port([1, 500])], { step: 750, sampleRate: 4000 });
    expect(half.size).toBe(3);
    expect(worst(await values(half, 1), sine(100, 4000, 2000).slice(750, 1250))).toBeLessThan(2e-3);
  });

  it('are refused where they cannot be meant', async () => {
    const root = folderWith({ 'a.wav': encodeWav(8000, [[0, 0]], 's16'), 'b.wav': encodeWav(16000, [[0, 0]], 's16') });
    expect((await refusal(root, [port([1, 2])])).message).toBe(
      `${join(root, 'a.wav')} has 8000 Hz and ${join(root, 'b.wav')} 16000 Hz: say with --sample-rate which the model was trained with, and the others are resampled.`,
    );
    expect((await refusal(fixture('tones'), [port([1, 49, 10, 1])])).message).toMatch(
      /which is no waveform of \[1,samples\]: compute the features/,
    );
  });

  it('are refused where they are damaged', async () => {
    const good = readFileSync(fixture('tones/high/a.wav'));
    const patched = (at: number, value: number) => {
      const b = Buffer.from(good);
      b.writeUInt16LE(value, at);
      return b;
    };
    const cases: [Buffer, RegExp][] = [
      [good.subarray(0, 1000), /its data chunk has 2000 bytes from 44, but the file ends at 1000; it is truncated\.$/],
      [patched(20, 17), /its coding \(format 17, 16 bits\) is not PCM/],
      [patched(22, 3), /says 3 channels, 8000 Hz and 2 bytes per frame of 16 bits, which does not go together\.$/],
      [good.subarray(0, 36), /it has no data chunk\.$/],
      [encodeWav(8000, [[]], 's16'), /it holds no samples\.$/],
    ];
    for (const [bytes, message] of cases) {
      const error = await refusal(folderWith({ 'a.wav': bytes }), [port([1, 1000])]);
      expect(error).toBeInstanceOf(ModelError);
      expect(error.message).toMatch(message);
    }
  });
});
