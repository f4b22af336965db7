import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openData } from '../../src/data/index.js';
import { missing, shared } from '../shared.js';
import { labels, names, port, values } from './helpers.js';

/** Rows of a y_labels.csv, in the order of the samples (sorted by file). */
const rows = (folder: string): string[][] =>
  readFileSync(shared(`${folder}/y_labels.csv`), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((l) => l.split(','))
    .sort(([a], [b]) => (a < b ? -1 : 1));

describe.skipIf(missing('data'))('real samples', () => {
  it('of image classification are the bytes of their files', async () => {
    const data = await openData(shared('data/ic_eval'), [port([1, 32, 32, 3])], { raw: 'uint8' });
    expect([data.size, data.labelled, data.warnings]).toEqual([200, 200, []]);
    const wanted = rows('data/ic_eval');
    expect(names(data)).toEqual(wanted.map((r) => r[0]));
    expect(labels(data)).toEqual(wanted.map((r) => Number(r[2])));
    for (const i of [0, 77, 199]) expect(await values(data, i)).toEqual([...readFileSync(shared(`data/ic_eval/${wanted[i][0]}`))]);
  });

  it('of key words are dequantized in float32', async () => {
    const options = { raw: 'int8', mean: 83, scale: 0.584702909 } as const;
    const data = await openData(shared('data/kws_eval'), [port([1, 49, 10, 1])], options);
    expect([data.size, data.labelled]).toEqual([1000, 1000]);
    const bytes = new Int8Array(readFileSync(shared(`data/kws_eval/${data.name(500)}`)));
    expect(await values(data, 500)).toEqual(Array.from(bytes, (v) => Math.fround((v - 83) * Math.fround(0.584702909))));
    const first = await openData(shared('data/kws_eval'), [port([1, 49, 10, 1])], { ...options, samples: 100, take: 'first' });
    expect(names(first)).toEqual(
      rows('data/kws_eval')
        .slice(0, 100)
        .map((r) => r[0]),
    );
  });

  it('of anomaly detection are windows of 5 slices every 16 slices', async () => {
    const data = await openData(shared('data/ad_calibration'), [port([1, 640])], { raw: 'float32', window: 640, step: 2048 });
    expect(data.size).toBe(20 * 13);
    const file = readFileSync(shared('data/ad_calibration/normal_id_01_00000007_hist_librosa.bin'));
    const floats = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    expect(data.name(14)).toBe('normal_id_01_00000007_hist_librosa.bin[2048..2687]');
    expect(await values(data, 14)).toEqual(Array.from(floats.subarray(2048, 2688)));
  });

  // What Pillow 13.0 makes of the same files: convert('RGB'), resize((224, 224), Image.BILINEAR).
  it('of JPEG agree with Pillow to one level', async () => {
    const cifar = await openData(shared('data/cifar10_train_jpg'), [port([1, 32, 32, 3])]);
    expect([cifar.size, cifar.classes?.length, cifar.labelled]).toEqual([500, 10, 500]);
    const bird = await values(cifar, names(cifar).indexOf('bird/0034.jpg'));
    const near = (found: number[], expected: number[], tolerance: number) => {
      for (const [c, e] of expected.entries()) expect(Math.abs(found[c] - e)).toBeLessThanOrEqual(tolerance);
    };
    const sums = [0, 1, 2].map((c) => bird.reduce((a, v, i) => a + (i % 3 === c ? v : 0), 0) / 1024);
    near(sums, [179948 / 1024, 168547 / 1024, 139565 / 1024], 0.5);
    near(bird, [212, 204, 168], 1);
    near(bird.slice(-3), [94, 72, 74], 1);

    const imagenet = await openData(shared('data/imagenet_sample'), [port([1, 224, 224, 3])]);
    expect([imagenet.size, imagenet.labelled, imagenet.label(1), imagenet.classes?.[1]]).toEqual([208, 208, 1, 'goldfish']);
    // The second one is smaller than 224 and so enlarged.
    for (const [name, mean, at] of [
      ['n01440764_tench.JPEG', [106.472, 111.293, 94.724], [105, 118, 111]],
      ['n02002724_black_stork.JPEG', [98.293, 102.522, 82.892], [91, 101, 74]],
    ] as const) {
      const found = await values(imagenet, names(imagenet).indexOf(name));
      near(
        [0, 1, 2].map((c) => found.reduce((a, v, i) => a + (i % 3 === c ? v : 0), 0) / 224 ** 2),
        [...mean],
        0.3,
      );
      near(found.slice((100 * 224 + 37) * 3), [...at], 2);
    }
  });
});
