import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNpy, encodeZip } from '../../fixtures/data/arrays.js';
import { encodePng } from '../../fixtures/data/png.js';
import { openData } from '../../src/data/index.js';
import { ModelError, UsageError } from '../../src/errors.js';
import { fixture, folderWith, labels, names, port, refusal } from './helpers.js';

const png = encodePng(2, 2, 'grey', [1, 2, 3, 4]);
const image = [port([1, 2, 2, 1])];

describe('what a path holds', () => {
  it('is told by bytes, not names', async () => {
    const root = folderWith({ 'a.dat': png, 'b.dat': png, c: png, '.hidden': 'x', 'Thumbs.db': 'x' });
    expect(names(await openData(root, image))).toEqual(['a.dat', 'b.dat', 'c']);
    const npy = folderWith({ 'samples.txt': encodeNpy('<f4', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) });
    expect((await openData(join(npy, 'samples.txt'), [port([1, 4])])).size).toBe(2);
    expect((await openData(npy, [port([2, 4])])).size).toBe(1);
  });

  it('is one file, too', async () => {
    expect((await openData(fixture('kinds/rgb.png'), [port([1, 4, 6, 3])])).size).toBe(1);
    expect((await openData(fixture('tones/low/c.wav'), [port([1, 1000])])).size).toBe(1);
  });

  it('leaves other files out, but says so', async () => {
    const root = folderWith({ 'a.png': png, 'notes.txt': 'made yesterday', 'a.xml': '<x/>' });
    const data = await openData(root, image);
    expect(data.size).toBe(1);
    expect(data.warnings).toEqual([`${root}: 2 other files are left out: 'a.xml' (a text file), 'notes.txt' (a text file).`]);
  });

  it('says which options had no effect', async () => {
    const data = await openData(fixture('arrays/float32.npy'), [port([1, 2, 3])], { resize: 'crop', raw: 'uint8' });
    expect(data.warnings).toEqual(['resize, raw have no effect on 5 samples of <f4 in float32.npy.']);
  });

  it('is refused where it is nothing that can be used', async () => {
    const cases: [Record<string, string | Uint8Array>, string, RegExp][] = [
      [{ 'x/': '' }, '', /is empty\. Put samples into it: images, \.npy, \.wav or raw \.bin files\.$/],
      [
        { 'a.png': png, 'b.npy': encodeNpy('<f4', [1], [1]) },
        '',
        /holds samples of several kinds: 1 image \('a\.png'\), 1 \.npy file \('b\.npy'\)\. Keep one kind in the folder\.$/,
      ],
      [{ 'a.npz': encodeZip({}) }, '', /holds archives: give the \.npz file itself/],
      [{ 'a.csv': '1,2\n' }, '', /holds no samples but CSV: give the file itself \('.*a\.csv'\)\.$/],
      [
        { 'readme.md': 'hello' },
        '',
        /holds no samples: 'readme\.md' is a text file\. Images, \.npy, \.wav or raw \.bin files are needed\.$/,
      ],
      [
        { 'a.tar.gz': Buffer.from([0x1f, 0x8b, 8, 0, 0, 1]) },
        'a.tar.gz',
        /is a gzip archive: unpack it first, which is no kind of samples/,
      ],
      [{ 'a.h5': Buffer.from('\x89HDF\r\n\x1a\n\0', 'latin1') }, 'a.h5', /is an HDF5 file: save the samples as \.npy or \.npz/],
      [{ 'a.zip': encodeZip({ 'b.txt': Buffer.from('x') }) }, 'a.zip', /is a zip archive without \.npy arrays/],
      [{ 'a.bin': Buffer.from([0, 1, 2, 3]) }, 'a.bin', /for raw values add --raw uint8, int8, int16 or float32\.$/],
      [
        { 'a.png': png, 'sub/b.png': png },
        '',
        /holds 1 image of its own and 1 in sub-folders \('sub'\)\. Put all of them into class folders, or none\.$/,
      ],
    ];
    for (const [files, path, message] of cases) {
      const error = await refusal(join(folderWith(files), path), image);
      expect(error).toBeInstanceOf(ModelError);
      expect(error.message).toMatch(message);
    }
    expect((await refusal(fixture('nowhere'), image)).message).toBe(`${fixture('nowhere')} does not exist: check the path.`);
  });

  it('does not go round in circles', async () => {
    const root = folderWith({ 'a/b.png': png });
    symlinkSync(root, join(root, 'a', 'up'));
    expect((await refusal(root, image)).message).toMatch(/is nested more than 16 folders deep\.$|leads back to itself\.$/);
  });
});

describe('class folders', () => {
  it('are counted by their sorted names, without the empty ones', async () => {
    const root = folderWith({ 'b/1.png': png, 'a/2.png': png, 'c/': '', '.git/x.png': png, 'd/deep/3.png': png });
    const data = await openData(root, image);
    expect([data.classes, names(data), labels(data)]).toEqual([
      ['a', 'b', 'd'],
      ['a/2.png', 'b/1.png', 'd/deep/3.png'],
      [0, 1, 2],
    ]);
    expect(data.warnings).toEqual([`${join(root, 'c')} holds no images and is not counted as a class.`]);
  });

  it('follow the order of classes given', async () => {
    const root = folderWith({ 'b/1.png': png, 'a/2.png': png });
    const data = await openData(root, image, { classes: ['b', 'none', 'a'] });
    expect([labels(data), data.classes]).toEqual([
      [2, 0],
      ['b', 'none', 'a'],
    ]);
    expect((await refusal(root, image, { classes: ['b'] })).message).toBe(`${join(root, 'a')} is none of the 1 classes given (b).`);
  });

  it('are no classes where there is only one', async () => {
    const data = await openData(folderWith({ 'images/1.png': png }), image);
    expect([data.classes, data.labelled]).toEqual([undefined, 0]);
  });

  it('warn where numbers are not in their order', async () => {
    const root = folderWith(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}/a.png`, png])));
    const data = await openData(root, image);
    expect(data.classes?.slice(0, 4)).toEqual(['0', '1', '10', '2']);
    expect(data.warnings).toEqual([expect.stringContaining('the class folders are numbers')]);
    const padded = folderWith(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${`${i}`.padStart(2, '0')}/a.png`, png])));
    expect((await openData(padded, image)).warnings).toEqual([]);
  });
});

describe('several inputs', () => {
  const pair = [port([1, 2, 3], 'float32', 'left'), port([1, 4], 'uint8', 'right:0')];
  const options = { perInput: { 'right:0': { raw: 'uint8' as const } } };

  it('come from a folder with an entry for each, matched by name', async () => {
    const data = await openData(fixture('pair'), pair, options);
    expect(names(data)).toEqual(['s0.npy', 's1.npy']);
    const { inputs } = await data.read(1);
    expect(Array.from(inputs['left'].data as Float32Array)).toEqual([10, 11, 12, 13, 14, 15]);
    expect(Array.from(inputs['right:0'].data as Uint8Array)).toEqual([100, 101, 102, 103]);
    expect(data.description).toBe('left: 2 .npy files; right:0: 2 raw files');
  });

  it('come from one .npy for each', async () => {
    const root = folderWith({
      'left.npy': encodeNpy('<f4', [3, 2], [1, 2, 3, 4, 5, 6]),
      'right.npy': encodeNpy('<i4', [3], [7, 8, 9]),
      'labels.csv': '1\n0\n1\n',
    });
    const data = await openData(root, [port([1, 2], 'float32', 'left'), port([1, 1], 'int32', 'right')]);
    expect([data.size, labels(data)]).toEqual([3, [1, 0, 1]]);
    const { inputs } = await data.read(2);
    expect([Array.from(inputs.left.data as Float32Array), Array.from(inputs.right.data as Int32Array)]).toEqual([[5, 6], [9]]);
  });

  it('are refused where one is missing or does not match', async () => {
    const misnamed = await refusal(fixture('pair'), [pair[0], port([1, 4], 'uint8', 'rihgt_0')]);
    expect(misnamed.message).toMatch(/has no entry 'rihgt_0' .* the model has inputs 'left', 'rihgt_0'\. Did you mean 'right_0'\?$/);
    expect((await refusal(fixture('arrays/float32.npy'), pair)).message).toMatch(
      /is a NumPy array and serves one input, but the model has inputs 'left', 'right:0': give a \.npz/,
    );
    const npy = readFileSync(fixture('pair/left/s0.npy'));
    const odd = folderWith({
      'left/s0.npy': npy,
      'left/s9.npy': npy,
      'right_0/s0.bin': Buffer.from([1, 2, 3, 4]),
      'right_0/s1.bin': Buffer.from([1, 2, 3, 4]),
    });
    expect((await refusal(odd, pair, options)).message).toBe(
      `${odd}: input 'left' has a sample 's9', input 'right:0' has none of that name.`,
    );
    expect(await refusal(fixture('pair'), pair, { perInput: { rigth: {} } })).toBeInstanceOf(UsageError);
  });
});
