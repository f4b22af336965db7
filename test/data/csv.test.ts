import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openData } from '../../src/data/index.js';
import { ModelError, UsageError } from '../../src/errors.js';
import { fixture, folderWith, labels, names, port, refusal, values } from './helpers.js';

const file = (text: string | Uint8Array): string => join(folderWith({ 'rows.csv': text }), 'rows.csv');

describe('CSV rows', () => {
  it('are samples in the order of the input, with and without a header', async () => {
    const plain = await openData(fixture('rows/plain.csv'), [port([1, 3, 1])]);
    expect(plain.description).toBe('2 rows of plain.csv');
    expect([await values(plain, 0), await values(plain, 1)]).toEqual([
      [1, 2, 3],
      [4, 0.5, -6],
    ]);
    expect(names(plain)).toEqual(['plain.csv:1', 'plain.csv:2']);
    const headed = await openData(file('a,b\n1,2\n\n3,4'), [port([1, 2])]);
    expect([headed.size, await values(headed, 1), headed.name(1)]).toEqual([2, [3, 4], 'rows.csv:4']);
  });

  it('may have a label column, by name or number', async () => {
    const data = await openData(fixture('rows/labelled.csv'), [port([1, 3])]);
    expect(data.classes).toEqual(['ash', 'oak']);
    expect(labels(data)).toEqual([1, 0, 1]);
    expect(await values(data, 1)).toEqual([4, 5, 6]);
    const numbered = await openData(file('7,1,2\n3,4,5\n'), [port([1, 2])], { labelColumn: 1 });
    expect([labels(numbered), await values(numbered, 1)]).toEqual([
      [7, 3],
      [4, 5],
    ]);
    const named = await openData(file('a;kind;b\n1;pine;2\n'), [port([1, 2])], { labelColumn: 'kind' });
    expect([named.classes, await values(named, 0)]).toEqual([['pine'], [1, 2]]);
    const given = await openData(fixture('rows/labelled.csv'), [port([1, 3])], { classes: ['oak', 'elm', 'ash'] });
    expect([labels(given), given.classes]).toEqual([
      [0, 2, 0],
      ['oak', 'elm', 'ash'],
    ]);
  });

  it('follow RFC 4180, also over the boundary of what is read at once', async () => {
    const note = `"${'line\n'.repeat(60_000)}with ""quotes"", commas"`;
    const data = await openData(file(`\ufeff"a","label"\r\n1,${note}\r\n2,plain\r\n`), [port([1, 1])]);
    expect(data.size).toBe(2);
    expect(await values(data, 1)).toEqual([2]);
    expect(data.classes?.map((c) => c.length)).toEqual([300_000 + 'with "quotes", commas'.length, 5]);
  });

  it('are many, and each is read at its place', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},${i * 2},${i / 8}`);
    const data = await openData(file(rows.join('\n')), [port([1, 3])]);
    expect(data.size).toBe(30_000);
    for (const i of [0, 12_345, 29_999]) expect(await values(data, i)).toEqual([i, 2 * i, i / 8]);
  });

  it('are refused by line and column', async () => {
    const cases: [string, number, RegExp][] = [
      ['a,b\n1,2\n3,x\n', 2, /rows\.csv, line 3, column 2 \('b'\) is 'x', which is no number\.$/],
      ['1,2\n3,\n', 2, /line 2, column 2 is empty: every value is needed\.$/],
      ['1,2\n3,nan\n', 2, /line 2, column 2 is nan, and every value has to be finite\.$/],
      ['1,2\n3\n', 2, /line 2: 1 columns, where the first row has 2\.$/],
      [
        '1,2,3\n',
        2,
        /line 1: 3 columns, but input 'x' takes float32\[1,2\], which is 2 numbers\. If one column is the label, .*--label-column\.$/,
      ],
      ['1;2\n3;4,5\n', 2, /column 2 is '4,5', which is no number \(decimals take a point, not a comma\)\.$/],
      ['1,"2\n3,4\n', 2, /line 1: a quotation mark is opened and never closed\.$/],
      ['1,2\n"3"4,5\n', 2, /line 2, column 1: text after the closing quotation mark\.$/],
      ['1,2\n3"",4\n', 2, /line 2, column 1: a quotation mark in a cell that is not quoted\.$/],
      ['a,b\n', 2, /holds no rows but the header\. One row per sample is needed\.$/],
      ['a,label\n1,-1\n', 1, /line 2: the label is -1; a class index is a whole number from 0\.$/],
      ['a,label\n1,x\n2,\n', 1, /line 3: the label is empty\.$/],
    ];
    for (const [text, columns, message] of cases) {
      const error = await refusal(file(text), [port([1, columns])]);
      expect(error).toBeInstanceOf(ModelError);
      expect(error.message).toMatch(message);
    }
    const meant = await refusal(file('weight,kind\n1,x\n'), [port([1, 1])], { labelColumn: 'kinds' });
    expect(meant).toBeInstanceOf(UsageError);
    expect(meant.message).toMatch(/has no column of that name\. Did you mean 'kind'\?$/);
    expect((await refusal(file(Buffer.from('\ufeff1,2\n', 'utf16le')), [port([1, 2])])).message).toMatch(
      /is UTF-16 text: save it as UTF-8\.$/,
    );
  });
});
