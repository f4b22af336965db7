import { describe, expect, it } from 'vitest';
import { progressLine, progressOn } from '../../src/cli/render/progress.js';
import { styleFor } from '../../src/cli/render/style.js';
import { bar, bytes, count, decibels, elide, seconds, table } from '../../src/cli/render/text.js';

describe('text', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [96_240, '96.2 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [2_147_483_648, '2.1 GB'],
  ])('%i bytes are %s', (n, text) => expect(bytes(n)).toBe(text));

  it.each([
    [9999, '9999'],
    [12_498_432, '12.50 M'],
    [999_999, '1.00 M'],
    [123_456, '123.5 k'],
  ])('%i is %s', (n, text) => expect(count(n)).toBe(text));

  it('has decibels, seconds and bars', () => {
    expect([decibels(23.456), decibels(null)]).toEqual(['23.5 dB', 'exact']);
    expect([seconds(3.21), seconds(125)]).toEqual(['3.2 s', '2 min 5 s']);
    expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(2, 4), bar(0.28125, 4)]).toEqual(['', '██', '████', '████', '█▏']);
  });

  it('cuts names in the middle', () => {
    expect(elide('abcdefghij', 10)).toBe('abcdefghij');
    expect(elide('abcdefghijk', 7)).toBe('abc…ijk');
  });

  it('aligns columns, by what is seen and not by marks, and shows no control characters', () => {
    const rows = table(
      [
        ['a', '1', 'x'],
        ['long\u001b[31m', '22', 'y'],
      ],
      [{ style: (t) => `<${t}>` }, { right: true }],
    );
    expect(rows).toEqual(['  <a        >   1  x', '  <long\ufffd[31m>  22  y']);
  });
});

describe('progress', () => {
  it('says rate and rest once they mean something', () => {
    expect(progressLine({ stage: 'Calibrating', done: 12, total: 24, unit: 'samples', elapsed: 3 })).toBe(
      'Calibrating ████████████············  12/24  4.0 samples/s  3.0 s left',
    );
    expect(progressLine({ stage: 'Calibrating', done: 1, total: 24, unit: 'samples', elapsed: 0.1 })).toBe(
      'Calibrating █·······················  1/24',
    );
    expect(progressLine({ stage: 'Trying', done: 2, total: 4, elapsed: 2 })).toBe('Trying ████████████············  2/4  2.0 s left');
    expect(progressLine({ stage: 'Rounding', done: 0, total: 1, elapsed: 0 })).toBe('Rounding …');
    expect(progressLine({ stage: 'Trying', done: 2, total: 4, elapsed: 2 }, 45)).toBe('Trying ████████████············  2/4');
  });

  const plain = { bold: String, dim: String, good: String, warn: String, bad: String };
  const fake = (isTTY: boolean) => {
    const written: string[] = [];
    const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
    return { written, stream };
  };

  it('draws on a terminal, at most every 80 ms but always the end, within its width', () => {
    const { written, stream } = fake(true);
    let t = 0;
    const progress = progressOn(stream, plain, { env: {}, now: () => t });
    for (let i = 1; i <= 10; i++) {
      t += 20;
      progress.update('Calibrating', i, 10, 'samples');
    }
    progress.note('a warning');
    progress.stop();
    const lines = written.filter((w) => w.startsWith('Calibrating'));
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map((l) => l.length))).toBe(39);
    expect(written.slice(-2)).toEqual(['\r\u001b[2K', 'a warning\n']);
  });

  it('draws nothing in a pipe, when quiet, and on a dumb terminal', () => {
    for (const [isTTY, options] of [
      [false, { env: {} }],
      [true, { env: {}, quiet: true }],
      [true, { env: { TERM: 'dumb' } }],
    ] as const) {
      const { written, stream } = fake(isTTY);
      const progress = progressOn(stream, plain, options);
      progress.update('Calibrating', 1, 2);
      progress.note('a warning');
      progress.stop();
      expect(written).toEqual(['a warning\n']);
    }
  });
});

describe('style', () => {
  it('marks on a terminal without NO_COLOR only', async () => {
    const terminal = { isTTY: true } as NodeJS.WriteStream;
    expect((await styleFor(terminal, {})).bold('x')).toBe('\u001b[1mx\u001b[22m');
    expect((await styleFor(terminal, { NO_COLOR: '1' })).bold('x')).toBe('x');
    expect((await styleFor({ isTTY: false } as NodeJS.WriteStream, {})).bold('x')).toBe('x');
  });
});
