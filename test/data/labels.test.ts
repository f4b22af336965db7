import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openData } from '../../src/data/index.js';
import { ModelError } from '../../src/errors.js';
import { folderWith, labels, port, refusal } from './helpers.js';

const byte = Buffer.from([1]);
const input = [port([1, 1])];
const raw = { raw: 'uint8' } as const;

/** Samples a.bin, b.bin and c.bin beside a labels file of this text. */
const samples = (name: string, text: string): string => folderWith({ 'a.bin': byte, 'b.bin': byte, 'c.bin': byte, [name]: text });
const given = async (name: string, text: string, classes?: string[]) => {
  const root = samples(name, text);
  return openData(root, input, { ...raw, labels: join(root, name), classes });
};

describe('labels', () => {
  it('come from CSV with and without a header, as indices or names', async () => {
    const texts: [string, number[], string[] | undefined][] = [
      ['a.bin,2\nb.bin,0\nc.bin,1\n', [2, 0, 1], undefined],
      ['b.bin,3,0\r\nc.bin,3,1\r\na.bin,3,2\r\n', [2, 0, 1], undefined],
      ['file,label\na,2\nb,0\nc,1\n', [2, 0, 1], undefined],
      ['filename;weight;class_name;class_index\na.bin;1;x;2\nb.bin;2;y;0\nc.bin;3;z;1\n', [2, 0, 1], ['y', 'z', 'x']],
      ['a.bin,dog\nb.bin,"cat"\nc.bin,dog\n', [1, 0, 1], ['cat', 'dog']],
      ['./a.bin,1\n\nsub\\b.bin,1\nb.bin,0\nc.bin,1', [1, 0, 1], undefined],
      ['2\n0\n1\n', [2, 0, 1], undefined],
      ['label\n2\n0\n1\n', [2, 0, 1], undefined],
    ];
    for (const [text, expected, classes] of texts) {
      const data = await given('l.csv', text);
      expect([labels(data), data.classes], text).toEqual([expected, classes]);
    }
  });

  it('begin elsewhere with an offset', async () => {
    const root = samples('l.csv', 'a.bin,dog\nb.bin,cat\nc.bin,dog\n');
    const data = await openData(root, input, { ...raw, labels: join(root, 'l.csv'), labelOffset: 1 });
    expect([labels(data), data.classes]).toEqual([
      [2, 1, 2],
      ['0', 'cat', 'dog'],
    ]);
    await expect(openData(root, input, { ...raw, labels: join(root, 'l.csv'), labelOffset: -1 })).rejects.toThrow(
      /'b\.bin' is labelled 0, which a label offset of -1 takes below 0/,
    );
  });

  it('come from JSON', async () => {
    for (const text of [
      '{"a.bin": 2, "b": 0, "c.bin": 1}',
      '[2, 0, 1]',
      '[{"file": "c.bin", "label": 1}, {"file": "a.bin", "label": 2}, {"file": "b.bin", "label": 0}]',
    ])
      expect(labels(await given('l.json', text)), text).toEqual([2, 0, 1]);
    const named = await given('l.json', '{"a.bin": "x", "b.bin": "z", "c.bin": "x"}', ['z', 'y', 'x']);
    expect([labels(named), named.classes]).toEqual([
      [2, 0, 2],
      ['z', 'y', 'x'],
    ]);
  });

  it('are found beside the samples', async () => {
    const root = folderWith({ 'a.bin': byte, 'b.bin': byte, 'labels.csv': 'a.bin,4\n' });
    const data = await openData(root, input, raw);
    expect([labels(data), data.labelled]).toEqual([[4, undefined], 1]);
    expect(data.warnings).toEqual([`${join(root, 'labels.csv')} has no label for 1 of 2 samples ('b.bin').`]);
  });

  it('are refused by line', async () => {
    const cases: [string, string, RegExp][] = [
      ['l.csv', 'a.bin,1\nb.bin,-2\n', /l\.csv, line 2: the label is -2; a class index is a whole number from 0\.$/],
      ['l.csv', 'a.bin,1.5\n', /line 1: the label is 1\.5;/],
      ['l.csv', 'a.bin,3,1\nb.bin,3,3\n', /line 2: the class index is 3, but there are 3 classes \(0 to 2\)\.$/],
      ['l.csv', 'a.bin,cat,1\n', /line 1: 'cat' is no number of classes\./],
      ['l.csv', 'a.bin,1\nb.bin\n', /line 2: 1 columns, where the first line has 2\.$/],
      ['l.csv', 'a.bin,1,2,3\n', /line 1: no header that names a label column among the 4\./],
      ['l.csv', 'file,breed\na.bin,1\n', /line 1: no header that names a label column among the 2\./],
      ['l.csv', 'a.bin,1\na.bin,2\n', /line 2: 'a\.bin' has label 2 here and 1 further up\.$/],
      ['l.csv', 'x.bin,1\n', /has no label for any sample of .*; it begins with 'x\.bin', the samples with 'a\.bin'\.$/],
      ['l.csv', '1\n2\n', /has 2 labels for the 3 samples of/],
      ['l.csv', '\n', /holds no labels\.$/],
      ['l.json', '{"a.bin": }', /l\.json is no valid JSON: .*}/],
      ['l.json', '{"a.bin": [1]}', /entry 1: the label is \[1\]; a class index or a name is needed\.$/],
      ['l.json', '[{"label": 1}]', /entry 1: "file" is missing/],
      ['l.json', '[1, {"file": "a"}]', /mixes labels alone with/],
    ];
    for (const [name, text, message] of cases) {
      const root = samples(name, text);
      const error = await refusal(root, input, { ...raw, labels: join(root, name) });
      expect(error, text).toBeInstanceOf(ModelError);
      expect(error.message).toMatch(message);
    }
    const root = samples('l.csv', 'a.bin,cat\nb.bin,dig\nc.bin,cat\n');
    const error = await refusal(root, input, { ...raw, labels: join(root, 'l.csv'), classes: ['cat', 'dog'] });
    expect(error.message).toBe(`${join(root, 'l.csv')}, line 2: 'dig' is none of the 2 classes. Did you mean 'dog'?`);
    expect((await refusal(root, input, { ...raw, labels: join(root, 'none.csv') })).message).toBe(
      `${join(root, 'none.csv')} does not exist: check the path.`,
    );
  });
});
