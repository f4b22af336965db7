import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { encodePng } from '../../fixtures/data/png.js';
import { openData } from '../../src/data/index.js';
import { ModelError, UsageError } from '../../src/errors.js';
import { fixture, folderWith, labels, names, port, refusal, values } from './helpers.js';

/** The pictures of fixtures/data/make.ts: red 40 x, green 60 y. */
const rgb = (blue: number): number[] => Array.from({ length: 24 }, (_, i) => [40 * (i % 6), 60 * Math.floor(i / 6), blue]).flat();
const grey = (data: Uint8Array | number[], width: number) => encodePng(width, data.length / width, 'grey', data);

describe('a folder of images', () => {
  it('gives class folders as labels and pixels as they are', async () => {
    const data = await openData(fixture('pictures'), [port([1, 4, 6, 3])]);
    expect(names(data)).toEqual(['cat/a.png', 'cat/b.png', 'dog/c.png', 'dog/d.png', 'dog/e.png']);
    expect(labels(data)).toEqual([0, 0, 1, 1, 1]);
    expect(data.classes).toEqual(['cat', 'dog']);
    expect(data.labelled).toBe(5);
    expect(data.decoder).toMatch(/^sharp \d+\.\d+\.\d+ \/ libvips \d+\.\d+\.\d+$/);
    expect(data.description).toBe('5 images in 2 class folders');
    expect(data.preparation).toBe('stretched to 6×4 (bilinear), RGB 0 to 255, values as they are');
    for (const [i, blue] of [10, 20, 30, 40, 50].entries()) expect(await values(data, i)).toEqual(rgb(blue));
    const sample = await data.read(3);
    expect(sample).toMatchObject({ name: 'dog/d.png', label: 1, inputs: { x: { dtype: 'float32', shape: [1, 4, 6, 3] } } });
  });

  it('follows the layout of the input, the channel order, mean and std', async () => {
    const options = { channels: 'bgr', mean: [1, 2, 3], std: [2, 4, 8] } as const;
    const data = await openData(fixture('pictures'), [port([1, 3, 4, 6])], options);
    expect(data.preparation).toBe('stretched to 6×4 (bilinear), BGR 0 to 255, (value - [1, 2, 3]) / [2, 4, 8]');
    const found = await values(data, 0);
    const pixels = rgb(10);
    for (let p = 0; p < 24; p++) {
      expect(found[p]).toBe((pixels[3 * p + 2] - 1) / 2);
      expect(found[24 + p]).toBe((pixels[3 * p + 1] - 2) / 4);
      expect(found[48 + p]).toBe((pixels[3 * p] - 3) / 8);
    }
  });

  it('turns pixels round for a channels-first input where nothing else copies them', async () => {
    const data = await openData(fixture('pictures'), [port([1, 3, 4, 6])]);
    const planes = [0, 1, 2].flatMap((c) => rgb(10).filter((_, i) => i % 3 === c));
    expect(await values(data, 0)).toEqual(planes);
  });

  it('feeds integer inputs and refuses what they cannot hold', async () => {
    const bytes = await openData(fixture('pictures'), [port([1, 4, 6, 3], 'uint8')]);
    expect(await values(bytes, 0)).toEqual(rgb(10));
    const centred = await openData(fixture('pictures'), [port([1, 4, 6, 3], 'int8')], { mean: 128 });
    expect(await values(centred, 0)).toEqual(rgb(10).map((v) => v - 128));
    const error = await refusal(fixture('pictures'), [port([1, 4, 6, 3], 'int8')]);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toMatch(/cat\/a\.png: element 12 is 160, but input 'x' is int8 and takes whole numbers from -128 to 127\./);
  });

  it('warns of mean and std meant for pixels of 0 to 1', async () => {
    const options = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const data = await openData(fixture('pictures'), [port([1, 4, 6, 3])], options);
    expect(data.warnings).toEqual([expect.stringContaining('multiply both by 255')]);
  });
});

describe('kinds of images', () => {
  const read = async (file: string, shape: number[]) => values(await openData(fixture(`kinds/${file}`), [port(shape)]), 0);

  it.each(['rgb.png', 'rgb16.png', 'rgba.png', 'lossless.webp'])('%s has the same pixels', async (file) => {
    expect(await read(file, [1, 4, 6, 3])).toEqual(rgb(100));
  });

  it.each(['grey.png', 'grey16.png'])('%s goes into one channel and into three', async (file) => {
    const levels = Array.from({ length: 24 }, (_, i) => 10 * i);
    expect(await read(file, [1, 4, 6, 1])).toEqual(levels);
    expect(await read(file, [1, 4, 6, 3])).toEqual(levels.flatMap((v) => [v, v, v]));
  });

  it('turns colour to BT.601 luma', async () => {
    const pixels = rgb(100);
    const luma = await read('rgb.png', [1, 1, 4, 6]);
    for (let p = 0; p < 24; p++) {
      const exact = 0.299 * pixels[3 * p] + 0.587 * pixels[3 * p + 1] + 0.114 * pixels[3 * p + 2];
      expect(Math.abs(luma[p] - exact)).toBeLessThan(0.501);
      expect(luma[p] % 1).toBe(0);
    }
  });

  it('applies the EXIF orientation', async () => {
    const upright = await read('upright.jpg', [1, 16, 32, 3]);
    const turned = await read('turned.jpg', [1, 32, 16, 3]);
    // Left of the stored picture is on top after a quarter turn clockwise: row y of the result is column y of the stored one.
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 16; x++)
        for (let c = 0; c < 3; c++) expect(turned[(y * 16 + x) * 3 + c]).toBe(upright[((15 - x) * 32 + y) * 3 + c]);
    expect(turned[0]).toBeGreaterThan(200);
    expect(turned[31 * 16 * 3]).toBeLessThan(60);
  });
});

describe('resizing', () => {
  // Expected levels: Image.fromarray(a).resize((w, h), filter) of Pillow 13.0, on rows of grey.
  const row = [0, 50, 100, 150, 200, 250];
  const cases = [
    { to: 3, filter: 'bilinear', expected: [36, 125, 214] },
    { to: 4, filter: 'bilinear', expected: [19, 89, 161, 231] },
    { to: 9, filter: 'bilinear', expected: [0, 25, 58, 92, 125, 158, 192, 225, 250] },
    { to: 4, filter: 'bicubic', expected: [14, 85, 165, 236] },
    { to: 3, filter: 'nearest', expected: [50, 150, 250] },
  ] as const;
  it.each(cases)('stretches 6 pixels to $to ($filter)', async ({ to, filter, expected }) => {
    const root = folderWith({ 'a.png': grey([...row, ...row], 6) });
    const data = await openData(root, [port([1, 2, to, 1])], { filter });
    const found = await values(data, 0);
    for (const [i, e] of [...expected, ...expected].entries()) expect(Math.abs(found[i] - e)).toBeLessThanOrEqual(1);
  });

  it('crops the centre after scaling the shorter side', async () => {
    // 4 × 2 to 2 × 2: nothing is scaled, the middle columns stay.
    const root = folderWith({ 'a.png': grey([1, 2, 3, 4, 5, 6, 7, 8], 4) });
    const data = await openData(root, [port([1, 2, 2, 1])], { resize: 'crop' });
    expect(await values(data, 0)).toEqual([2, 3, 6, 7]);
    const part = await openData(folderWith({ 'a.png': grey(Array(64).fill(9), 8) }), [port([1, 4, 4, 1])], {
      resize: 'crop',
      cropFraction: 0.5,
    });
    expect(await values(part, 0)).toEqual(Array(16).fill(9));
  });

  it('keeps the middle of a larger picture at a fraction of 1/2', async () => {
    const levels = Array.from({ length: 64 }, (_, i) => i);
    const data = await openData(folderWith({ 'a.png': grey(levels, 8) }), [port([1, 4, 4, 1])], { resize: 'crop', cropFraction: 0.5 });
    expect(await values(data, 0)).toEqual([2, 3, 4, 5].flatMap((y) => [2, 3, 4, 5].map((x) => 8 * y + x)));
  });

  it('letterboxes with the border asked for', async () => {
    const root = folderWith({ 'a.png': grey([1, 2, 3, 4, 5, 6, 7, 8], 4) });
    const data = await openData(root, [port([1, 4, 4, 1])], { resize: 'letterbox', pad: 99 });
    expect(data.preparation).toContain('letterboxed (border 99) to 4×4');
    expect(await values(data, 0)).toEqual([99, 99, 99, 99, 1, 2, 3, 4, 5, 6, 7, 8, 99, 99, 99, 99]);
  });

  it('keeps a constant picture constant under every filter and size', async () => {
    const root = folderWith({ 'a.png': grey(Array(35).fill(137), 7) });
    for (const filter of ['bilinear', 'bicubic', 'nearest'] as const)
      for (const [h, w] of [
        [3, 2],
        [5, 20],
        [11, 9],
        [2, 2],
      ]) {
        const data = await openData(root, [port([1, h, w, 1])], { filter });
        expect(await values(data, 0)).toEqual(Array(h * w).fill(137));
      }
  });
});

describe('what images are refused for', () => {
  it('a picture that is cut off or no picture', async () => {
    const jpeg = readFileSync(fixture('kinds/upright.jpg'));
    const cut = folderWith({ 'a.jpg': jpeg, 'b.jpg': jpeg.subarray(0, jpeg.length - 40) });
    expect((await refusal(cut, [port([1, 16, 32, 3])])).message).toMatch(/b\.jpg cannot be decoded \(.+\)\. Replace it or leave it out\./);
    const text = folderWith({ 'a.jpg': jpeg, 'b.jpg': '\0\x01\x02 no picture' });
    expect((await refusal(text, [port([1, 16, 32, 3])])).message).toMatch(
      /b\.jpg cannot be decoded: it is a file that begins like no format known here\./,
    );
    const empty = folderWith({ 'a.jpg': jpeg, 'b.jpg': '' });
    expect((await refusal(empty, [port([1, 16, 32, 3])])).message).toMatch(/b\.jpg cannot be decoded: it is an empty file\./);
  });

  it('an input that takes no image', async () => {
    const pictures = fixture('pictures');
    expect((await refusal(pictures, [port([1, 640])])).message).toMatch(/^input 'x' takes float32\[1,640\], which is no image: .*\.npy\.$/);
    expect((await refusal(pictures, [port([4, 4, 6, 3])])).message).toMatch(/a batch of 4, .*--input-shape/);
    expect((await refusal(pictures, [port([1, 3, 3, 3])])).message).toMatch(/cannot be told apart/);
  });

  it('options that make no sense', async () => {
    for (const options of [
      { std: 0 },
      { mean: [1, 2] },
      { scale: 0.5, std: 2 },
      { pad: 300 },
      { cropFraction: 0 },
      { mean: [] },
      { mean: Number.NaN },
    ])
      expect(await refusal(fixture('pictures'), [port([1, 4, 6, 3])], options)).toBeInstanceOf(UsageError);
    const error = await refusal(fixture('pictures'), [port([1, 4, 6, 3])], { resize: 'strech' as 'stretch' });
    expect(error.message).toBe("resize is 'strech': it has to be one of stretch, crop, letterbox. Did you mean 'stretch'?");
  });

  it('sharp being absent', async () => {
    vi.resetModules();
    vi.doMock('sharp', () => {
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    });
    try {
      const { openData: open } = await import('../../src/data/index.js');
      await expect(open(fixture('pictures'), [port([1, 4, 6, 3])])).rejects.toThrow(
        /Images are decoded by sharp, which .*npm install sharp/,
      );
    } finally {
      vi.doUnmock('sharp');
      vi.resetModules();
    }
  });

  it('a folder in two parts', async () => {
    const png = readFileSync(fixture('kinds/rgb.png'));
    const root = folderWith({ 'train/cat/a.png': png, 'val/cat/b.png': png });
    expect((await refusal(root, [port([1, 4, 6, 3])])).message).toContain(
      `'train' and 'val', which look like parts of a data set and not like classes. Give one of them: ${join(root, 'train')}`,
    );
  });
});
