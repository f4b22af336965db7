import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openData } from '../../src/data/index.js';
import { ModelError, UsageError } from '../../src/errors.js';
import { fixture, folderWith, labels, names, port, refusal, values } from './helpers.js';

const count = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);
const floats = (v: number[]): Buffer => Buffer.from(Float32Array.from(v).buffer);

describe('raw files', () => {
  it('are read with the type given, and labelled by y_labels.csv', async () => {
    const data = await openData(fixture('raw'), [port([1, 2, 2, 3])], { raw: 'uint8', mean: 4, scale: 0.5 });
    expect(names(data)).toEqual(['one.bin', 'three.bin', 'two.bin']);
    expect(labels(data)).toEqual([0, 1, 2]);
    expect(data.description).toBe('3 raw files');
    expect(data.preparation).toBe('uint8, (value - 4) × 0.5');
    expect(await values(data, 2)).toEqual(count(12, 10).map((v) => (v - 4) / 2));
  });

  it('hold signed, 16-bit and float elements', async () => {
    const root = folderWith({ 'a.bin': Buffer.from([0xff, 0x7f, 0x00, 0x80, 1, 0, 2, 0]) });
    expect(await values(await openData(root, [port([1, 8])], { raw: 'int8' }), 0)).toEqual([-1, 127, 0, -128, 1, 0, 2, 0]);
    expect(await values(await openData(root, [port([1, 4])], { raw: 'int16' }), 0)).toEqual([32767, -32768, 1, 2]);
    const real = folderWith({ 'a.bin': floats([1.5, -2]) });
    expect(await values(await openData(real, [port([1, 2])], { raw: 'float32' }), 0)).toEqual([1.5, -2]);
  });

  it('compute in float32 as NumPy does', async () => {
    // (np.array([-128, 0, 127], np.int8).astype(np.float32) - 83) * np.float32(0.584702909)
    const root = folderWith({ 'a.bin': Buffer.from([0x80, 0x00, 0x7f]) });
    const found = await values(await openData(root, [port([1, 3])], { raw: 'int8', mean: 83, scale: 0.584702909 }), 0);
    expect(found).toEqual([-123.372314453125, -48.53034210205078, 25.7269287109375]);
  });

  it('are cut into windows that begin every step', async () => {
    const root = folderWith({ 'a.bin': floats(count(10)), 'b.bin': floats(count(4, 100)) });
    const data = await openData(root, [port([1, 4])], { raw: 'float32', step: 3, window: 4 });
    expect(names(data)).toEqual(['a.bin[0..3]', 'a.bin[3..6]', 'a.bin[6..9]', 'b.bin[0..3]']);
    expect(data.description).toBe('2 raw files, 4 windows of 4 every 3');
    expect(await values(data, 2)).toEqual([6, 7, 8, 9]);
    expect(await values(data, 3)).toEqual([100, 101, 102, 103]);
    expect([data.group(0), data.group(2), data.group(3)]).toEqual(['a.bin', 'a.bin', 'b.bin']);
  });

  it('may be one file of any name', async () => {
    const root = folderWith({ 'samples.u8': Buffer.from(count(9, 1)) });
    const data = await openData(join(root, 'samples.u8'), [port([1, 3])], { raw: 'uint8', step: 3 });
    expect(data.size).toBe(3);
    expect(await values(data, 2)).toEqual([7, 8, 9]);
    expect((await openData(root, [port([1, 9])], { raw: 'uint8' })).size).toBe(1);
  });

  it('are refused where their type is not given, with what would fit', async () => {
    const error = await refusal(fixture('raw'), [port([1, 3])]);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toBe(
      `${fixture('raw')} holds 3 raw files: say what they hold with --raw uint8, int8, int16, float32. ` +
        `${fixture('raw/one.bin')} has 12 bytes for the input's 3 elements, which fits float32.`,
    );
    expect(await refusal(fixture('raw'), [port([1, 3])], { raw: 'float64' as 'float32' })).toBeInstanceOf(UsageError);
  });

  it('are refused where their size is not the one of the input', async () => {
    expect((await refusal(fixture('raw'), [port([1, 5])], { raw: 'uint8' })).message).toBe(
      `${fixture('raw/one.bin')} has 12 bytes, 12 uint8 elements, but input 'x' takes float32[1,5], which is 5. ` +
        'If the file holds several samples, say how far apart they begin with --step (5 for one after another).',
    );
    expect((await refusal(fixture('raw'), [port([1, 20])], { raw: 'uint8' })).message).toContain(
      'Give files of 20 bytes, or another --raw type.',
    );
    const odd = folderWith({ 'a.bin': Buffer.from([1, 2, 3]) });
    expect((await refusal(odd, [port([1, 1])], { raw: 'int16' })).message).toContain('no whole number of int16 elements of 2 bytes');
    expect(await refusal(fixture('raw'), [port([1, 5])], { raw: 'uint8', step: 5, window: 6 })).toBeInstanceOf(UsageError);
    expect(await refusal(fixture('raw'), [port([1, 5])], { raw: 'uint8', step: 0 })).toBeInstanceOf(UsageError);
  });

  it('name the window that is not finite', async () => {
    const root = folderWith({ 'a.bin': floats([0, 1, 2, Number.POSITIVE_INFINITY]) });
    expect((await refusal(root, [port([1, 2])], { raw: 'float32', step: 2 })).message).toContain(
      `${join(root, 'a.bin')}, window at 2: element 1 is Infinity`,
    );
  });
});
