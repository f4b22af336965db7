import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNpy, encodeZip } from '../../fixtures/data/arrays.js';
import { openData } from '../../src/data/index.js';
import { ModelError } from '../../src/errors.js';
import { fixture, folderWith, labels, names, port, refusal, values } from './helpers.js';

const count = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);
const x = port([1, 2, 3]);

describe('.npy files', () => {
  // What numpy.load gives for these files: arange(30).reshape(5, 2, 3), divided by 4 or less 15 where the name says so.
  const files = [
    { file: 'float32.npy', value: (v: number) => v / 4, type: '<f4' },
    { file: 'big-endian.npy', value: (v: number) => v / 4, type: '>f4' },
    { file: 'fortran.npy', value: (v: number) => v, type: '<f8' },
    { file: 'int64-v2.npy', value: (v: number) => v - 15, type: '<i8' },
    { file: 'uint8-v3.npy', value: (v: number) => v, type: '|u1' },
  ];
  it.each(files)('$file', async ({ file, value, type }) => {
    const data = await openData(fixture(`arrays/${file}`), [x]);
    expect(data.size).toBe(5);
    expect(data.description).toBe(`5 samples of ${type} in ${file}`);
    expect(data.name(4)).toBe(`${file}[4]`);
    for (let i = 0; i < 5; i++) expect(await values(data, i)).toEqual(count(6, 6 * i).map(value));
  });

  it('decode every element type in both byte orders', async () => {
    const numbers = [-1, 0, 100, -128, 127, 5];
    const cases: [string, number[], number[]][] = [
      ...['|i1', '<i2', '>i2', '<i4', '>i4', '<i8', '>i8', '<f4', '>f4', '<f8', '>f8'].map((d): [string, number[], number[]] => [
        d,
        numbers,
        numbers,
      ]),
      ...['|u1', '<u2', '>u2', '<u4', '>u4', '>u8'].map((d): [string, number[], number[]] => [
        d,
        [1, 2, 255, 0, 7, 9],
        [1, 2, 255, 0, 7, 9],
      ]),
      ['|b1', [1, 0, 1, 1, 0, 0], [1, 0, 1, 1, 0, 0]],
      // binary16: 1.0, -2.0, 65504, 2^-24, 0.333251953125 and -0.
      ...['<f2', '>f2'].map((d): [string, number[], number[]] => [
        d,
        [0x3c00, 0xc000, 0x7bff, 1, 0x3555, 0x8000],
        [1, -2, 65504, 2 ** -24, 0.333251953125, -0],
      ]),
    ];
    for (const [descr, stored, expected] of cases) {
      const root = folderWith({ 'a.npy': encodeNpy(descr, [1, 2, 3], stored) });
      expect(await values(await openData(join(root, 'a.npy'), [x]), 0), descr).toEqual(expected);
    }
  });

  it('keep integers exact for integer inputs', async () => {
    const root = folderWith({ 'a.npy': encodeNpy('<i8', [2, 2], [2 ** 40, -(2 ** 40) - 1, 16777217, 3]) });
    expect(await values(await openData(join(root, 'a.npy'), [port([1, 2], 'int64')]), 0)).toEqual([2 ** 40, -(2 ** 40) - 1]);
    expect(await values(await openData(join(root, 'a.npy'), [port([1, 2], 'float64')]), 1)).toEqual([16777217, 3]);
    expect(await values(await openData(join(root, 'a.npy'), [port([1, 2])]), 1)).toEqual([16777216, 3]);
    expect((await refusal(join(root, 'a.npy'), [port([1, 2], 'int32')])).message).toMatch(
      /a\.npy, sample 0: element 0 is 1099511627776, but input 'x' is int32/,
    );
  });

  it('hold samples with or without dimensions of 1, flat, or one sample alone', async () => {
    const wanted = port([1, 2, 3, 1]);
    for (const shape of [
      [1, 2, 3, 1],
      [1, 2, 3],
      [1, 1, 2, 3],
      [1, 6],
      [2, 3],
      [2, 3, 1],
    ]) {
      const root = folderWith({ 'a.npy': encodeNpy('<f4', shape, count(6)) });
      const data = await openData(join(root, 'a.npy'), [wanted]);
      expect([data.size, await values(data, 0)], `${shape}`).toEqual([1, count(6)]);
    }
    const scalars = folderWith({ 'a.npy': encodeNpy('<f4', [4], count(4)) });
    expect((await openData(join(scalars, 'a.npy'), [port([1, 1])])).size).toBe(4);
  });

  it('are transposed where the layout given is not the one of the input', async () => {
    const root = folderWith({ 'a.npy': encodeNpy('|u1', [2, 4, 5, 3], count(120)) });
    const file = join(root, 'a.npy');
    const error = await refusal(file, [port([1, 3, 4, 5])]);
    expect(error.message).toBe(
      `${file} has shape (2, 4, 5, 3), but input 'x' takes float32[1,3,4,5]: the array has to be (samples, 3, 4, 5). ` +
        'The dimensions look transposed: say how the samples are stored with --layout nhwc or nchw.',
    );
    const data = await openData(file, [port([1, 3, 4, 5])], { layout: 'nhwc' });
    const found = await values(data, 1);
    for (let c = 0; c < 3; c++) for (let p = 0; p < 20; p++) expect(found[c * 20 + p]).toBe(60 + 3 * p + c);
    // And back: the same numbers read as channels first come out channels last.
    const first = folderWith({ 'b.npy': encodeNpy('<f4', [1, 3, 4, 5], found) });
    expect(await values(await openData(join(first, 'b.npy'), [port([1, 4, 5, 3])], { layout: 'nchw' }), 0)).toEqual(count(60, 60));
  });

  it('are one sample each in a folder', async () => {
    const root = folderWith({
      'b.npy': encodeNpy('<f4', [2, 3], count(6, 6)),
      'a.npy': encodeNpy('<f4', [1, 2, 3], count(6)),
      'c.npy': encodeNpy('<f4', [3, 3], count(9)),
    });
    const data = await openData(root, [x]);
    expect(names(data)).toEqual(['a.npy', 'b.npy', 'c.npy']);
    expect([await values(data, 0), await values(data, 1)]).toEqual([count(6), count(6, 6)]);
    await expect(data.read(2)).rejects.toThrow(
      `${join(root, 'c.npy')} has shape (3, 3), but input 'x' takes float32[1,2,3]: the array has to be (2, 3).`,
    );
  });
});

describe('.npz archives', () => {
  const ports = [port([1, 2, 3], 'float32', 'left'), port([1, 4], 'int32', 'right')];

  it.each(['stored.npz', 'deflated.npz'])('%s feeds inputs by their names', async (file) => {
    const data = await openData(fixture(`arrays/${file}`), ports);
    expect([data.size, data.labelled]).toEqual([5, 5]);
    expect(labels(data)).toEqual([0, 1, 2, 1, 0]);
    for (let i = 0; i < 5; i++) {
      expect(await values(data, i, 'left')).toEqual(count(6, 6 * i));
      expect(await values(data, i, 'right')).toEqual(count(4, 4 * i - 10));
    }
    expect((await data.read(0)).inputs.right).toMatchObject({ dtype: 'int32', shape: [1, 4] });
    await data.close();
  });

  it('name the key that is missing and the one that was meant', async () => {
    const error = await refusal(fixture('arrays/stored.npz'), [ports[0], port([1, 4], 'float32', 'Right')]);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toMatch(/has no array 'Right' for the input of that name; it has 'right'\. Did you mean 'right'\?$/);
  });

  it('take an only array for an only input, with a warning', async () => {
    const root = folderWith({ 'a.npz': encodeZip({ 'arr_0.npy': encodeNpy('<f4', [2, 2], count(4)) }) });
    const data = await openData(join(root, 'a.npz'), [port([1, 2])]);
    expect(data.warnings).toEqual([`${join(root, 'a.npz')}: the only array 'arr_0' is taken for input 'x'; name it so to be sure.`]);
    expect(await values(data, 1)).toEqual([2, 3]);
  });

  it('refuse inputs of different length', async () => {
    const root = folderWith({
      'a.npz': encodeZip({ 'a.npy': encodeNpy('<f4', [2, 2], count(4)), 'b.npy': encodeNpy('<f4', [3, 2], count(6)) }),
    });
    const error = await refusal(join(root, 'a.npz'), [port([1, 2], 'float32', 'a'), port([1, 2], 'float32', 'b')]);
    expect(error.message).toMatch(/'a' holds 2 samples and 'b' 3; they have to be as many\.$/);
  });

  it('unpack what is larger than 64 MB without holding it', async () => {
    const samples = 18;
    const zeros = Buffer.alloc(samples * 4_000_000);
    for (let i = 0; i < samples; i++) zeros.writeFloatLE(i + 1, i * 4_000_000);
    const npy = Buffer.concat([encodeNpy('<f4', [samples, 1_000_000], []), zeros]);
    const root = folderWith({ 'a.npz': encodeZip({ 'x.npy': npy }, { deflate: true }) });
    const data = await openData(join(root, 'a.npz'), [port([1, 1_000_000])]);
    expect(data.size).toBe(samples);
    for (const i of [17, 0, 5]) expect((await data.read(i)).inputs.x.data[0]).toBe(i + 1);
    await data.close();
    await data.close();
    await expect(data.read(0)).rejects.toThrow();
  });
});

describe('damaged arrays', () => {
  it('are told by sentences', async () => {
    const good = encodeNpy('<f4', [2, 2], count(4));
    const files: [Buffer, RegExp][] = [
      [good.subarray(0, good.length - 1), /takes 16 bytes and 15 are there; it is truncated\.$/],
      [Buffer.concat([good, good]), /and 160 are there; it is more than one array\.$/],
      [good.subarray(0, 9), /it has only 9 bytes\.$/],
      [good.subarray(0, 40), /its header of \d+ bytes does not fit into the file\.$/],
      [encodeNpy('<f4', [0, 2], []), /has shape \(0, 2\) and so holds no samples\.$/],
      [
        Buffer.from(good.toString('latin1').replace('<f4', '<c8'), 'latin1'),
        /its element type is '<c8', and only real numbers can be used; convert it with \.astype\('float32'\)\.$/,
      ],
      [Buffer.from(good.toString('latin1').replace("'<f4'", "[('a', '<f4')]"), 'latin1'), /records with several fields/],
      [Buffer.from(good.toString('latin1').replace('\x01', '\x09'), 'latin1'), /its format version is 9, and 1 to 3 are known\.$/],
    ];
    for (const [bytes, message] of files) {
      const error = await refusal(join(folderWith({ 'a.npy': bytes }), 'a.npy'), [port([1, 2])]);
      expect(error).toBeInstanceOf(ModelError);
      expect(error.message).toMatch(message);
    }
  });

  it('name the sample and the element that is not finite', async () => {
    const file = join(folderWith({ 'a.npy': encodeNpy('<f4', [2, 2], [1, 2, 3, Number.NaN]) }), 'a.npy');
    expect((await refusal(file, [port([1, 2])])).message).toBe(
      `${file}, sample 1: element 1 is NaN, and every value has to be finite. Repair the sample or leave it out.`,
    );
    const large = join(folderWith({ 'a.npy': encodeNpy('<f8', [1, 2], [1, 1e300]) }), 'a.npy');
    expect((await refusal(large, [port([1, 2])])).message).toContain('element 1 is Infinity');
  });
});
