import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../fixtures/data/arrays.js';
import { type Dataset, openData, Random, randomData, samplesOf, splitDataset } from '../../src/data/index.js';
import { ModelError, UsageError } from '../../src/errors.js';
import { fixture, folderWith, labels, names, port, values } from './helpers.js';

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** One element per sample, labelled as listed. */
async function labelled(list: readonly number[]): Promise<Dataset> {
  const root = folderWith({ 'a.csv': ['x,label', ...list.map((l, i) => `${i},${l}`)].join('\n') });
  return openData(join(root, 'a.csv'), [port([1, 1])]);
}

describe('random numbers', () => {
  it('are xoshiro128** filled by splitmix32', () => {
    // The first values of a separate implementation in Python with integers of unbounded size.
    const seeds: [number, number[]][] = [
      [0, [1789933344, 44971166, 2521387044, 3848737593]],
      [1, [393288148, 2174103013, 3814759091, 2092745082]],
    ];
    for (const [seed, expected] of seeds) {
      const random = new Random(seed);
      expect(
        expected.map(() => random.next()),
        `${seed}`,
      ).toEqual(expected);
    }
  });

  it('are uniform enough and permute', () => {
    const random = new Random(7);
    const hits = new Array(6).fill(0);
    for (let i = 0; i < 60_000; i++) hits[random.below(6)]++;
    // Five standard deviations of a binomial of 60 000 draws.
    for (const h of hits) expect(Math.abs(h - 10_000)).toBeLessThan(5 * Math.sqrt(60_000 * (1 / 6) * (5 / 6)));
    const draws = count(20_000).map(() => random.normal());
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.04);
    expect(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length).toBeCloseTo(1, 1);
    fc.assert(
      fc.property(fc.nat(50), fc.integer(), (n, seed) => {
        expect(new Random(seed).permutation(n).sort((a, b) => a - b)).toEqual(count(n));
      }),
    );
  });
});

describe('a choice of samples', () => {
  it('is a seeded shuffle, and a longer one begins with a shorter one', async () => {
    const root = folderWith({ 'a.npy': encodeNpy('<f4', [50, 1], count(50)) });
    const open = (options: object) => openData(join(root, 'a.npy'), [port([1, 1])], options);
    const ten = names(await open({ samples: 10 }));
    expect(ten).toEqual(
      new Random(0)
        .permutation(50)
        .slice(0, 10)
        .map((i) => `a.npy[${i}]`),
    );
    expect(names(await open({ samples: 20 })).slice(0, 10)).toEqual(ten);
    expect(names(await open({ samples: 10, seed: 1 }))).not.toEqual(ten);
    expect(names(await open({ samples: 3, take: 'first' }))).toEqual(['a.npy[0]', 'a.npy[1]', 'a.npy[2]']);
    expect(names(await open({}))).toEqual(count(50).map((i) => `a.npy[${i}]`));
    const data = await open({ samples: 5 });
    for (let i = 0; i < 5; i++) expect(`a.npy[${(await values(data, i))[0]}]`).toBe(data.name(i));
  });

  it('takes all where there are fewer, with a warning', async () => {
    const data = await openData(fixture('pictures'), [port([1, 4, 6, 3])], { samples: 9 });
    expect(data.size).toBe(5);
    expect(data.warnings).toEqual([`${fixture('pictures')} holds 5 samples, and 9 were asked for: all are used.`]);
    for (const options of [{ samples: 0 }, { samples: 1.5 }, { samples: 2, seed: 0.5 }])
      await expect(openData(fixture('pictures'), [port([1, 4, 6, 3])], options)).rejects.toThrow(UsageError);
  });

  it('can be chosen again from', async () => {
    const data = await labelled([4, 5, 6, 7]);
    const two = data.subset([3, 1]);
    expect([two.size, labels(two), two.labelled, (await values(two, 0))[0]]).toEqual([2, [7, 5], 2, 3]);
    expect(labels(two.subset([1]))).toEqual([5]);
    expect(() => data.subset([4])).toThrow(RangeError);
    await expect(data.read(4)).rejects.toThrow(RangeError);
  });
});

describe('splitting', () => {
  it('represents labels in proportion and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        async (list, tenths, seed) => {
          const data = await labelled(list);
          const { calibration, heldOut } = splitDataset(data, { heldOut: tenths / 10, seed });
          expect([...names(calibration), ...names(heldOut)].sort()).toEqual(names(data).sort());
          expect(heldOut.size).toBe(Math.min(list.length - 1, Math.max(1, Math.round((list.length * tenths) / 10))));
          for (const label of new Set(list)) {
            const here = list.filter((l) => l === label).length;
            const out = labels(heldOut).filter((l) => l === label).length;
            expect(Math.abs(out - (here * heldOut.size) / list.length)).toBeLessThan(1);
          }
        },
      ),
      { numRuns: 50, seed: 3 },
    );
  });

  it('is the same for the same seed, and keeps windows of a file together', async () => {
    const root = folderWith(Object.fromEntries(count(10).map((i) => [`f${i}.bin`, Buffer.alloc(40, i)])));
    const data = await openData(root, [port([1, 4])], { raw: 'uint8', step: 4 });
    const { calibration, heldOut } = splitDataset(data, { heldOut: 0.3 });
    expect([data.size, calibration.size, heldOut.size]).toEqual([100, 70, 30]);
    const groups = (d: Dataset) => new Set(count(d.size).map((i) => d.group(i)));
    expect([...groups(calibration)].filter((g) => groups(heldOut).has(g))).toEqual([]);
    expect(names(splitDataset(data, { heldOut: 0.3 }).heldOut)).toEqual(names(heldOut));
    expect(names(splitDataset(data, { heldOut: 0.3, seed: 1 }).heldOut)).not.toEqual(names(heldOut));
    expect(splitDataset(data, { heldOut: 20 }).heldOut.size).toBe(20);
    expect(() => splitDataset(data, { heldOut: 1.5 })).toThrow(UsageError);
  });

  it('parts the windows of a single file, and holds nothing out of a single sample', async () => {
    const root = folderWith({ 'a.bin': Buffer.alloc(40) });
    const data = await openData(root, [port([1, 4])], { raw: 'uint8', step: 4 });
    expect(splitDataset(data).heldOut.size).toBe(2);
    const one = splitDataset(data.subset([0]));
    expect([one.calibration.size, one.heldOut.size]).toEqual([1, 0]);
  });
});

describe('random data', () => {
  it('fits every input, always alike, with a warning', async () => {
    const ports = [port([1, 40], 'float32', 'a'), port([1, 40], 'uint8', 'b'), port([1, 40], 'int64', 'c'), port([2], 'bool', 'd')];
    const data = randomData(ports, { samples: 3, seed: 5 });
    expect([data.size, data.warnings.length]).toEqual([3, 1]);
    const b = await values(data, 1, 'b');
    expect(new Set(b).size).toBeGreaterThan(20);
    expect(b.every((v) => Number.isInteger(v) && v >= 0 && v < 256)).toBe(true);
    expect(new Set(await values(data, 1, 'c'))).toEqual(new Set([0, 1]));
    expect(await values(randomData(ports, { samples: 9, seed: 5 }), 1, 'a')).toEqual(await values(data, 1, 'a'));
    expect(await values(data, 0, 'a')).not.toEqual(await values(data, 1, 'a'));
  });
});

describe('streaming', () => {
  it('reads ahead by no more than asked, in order', async () => {
    const data = await labelled(count(20));
    let started = 0;
    const read = (i: number) => {
      started++;
      return data.read(i);
    };
    const watched = { ...data, read };
    let used = 0;
    for await (const sample of samplesOf(watched, 3)) {
      expect(sample.label).toBe(used++);
      expect(started).toBeLessThanOrEqual(used + 3);
    }
    expect([used, started]).toEqual([20, 20]);
  });

  it('throws when the turn of a bad sample comes, and not when it never does', async () => {
    const root = folderWith({});
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'a.npy'), encodeNpy('<f4', [4, 1], [1, 2, Number.NaN, 4]));
    const data = await openData(join(root, 'a.npy'), [port([1, 1])]);
    let good = 0;
    const all = async () => {
      for await (const _ of samplesOf(data)) good++;
    };
    await expect(all()).rejects.toThrow(ModelError);
    expect(good).toBe(2);
    for await (const _ of samplesOf(data)) break;
  });
});
