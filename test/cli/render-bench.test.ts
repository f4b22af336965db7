import { describe, expect, it } from 'vitest';
import type { BenchReport, DeviceResult } from '../../src/bench/types.js';
import { renderBench, renderMarkdown } from '../../src/cli/render/bench.js';
import { wrap } from '../../src/cli/render/text.js';
import { hostileReport, sampleReport, sparseReport } from '../report/sample.js';

const plain = { bold: String, dim: String, good: String, warn: String, bad: String };
const marked = {
  ...plain,
  bold: (t: string) => `\u001b[1m${t}\u001b[22m`,
  dim: (t: string) => `\u001b[2m${t}\u001b[22m`,
  bad: (t: string) => `\u001b[31m${t}\u001b[39m`,
};

const kib = 1024;
const pico: DeviceResult = {
  model: 'm/a.onnx',
  device: 'pico',
  runtime: 'tflm-cmsis-nn',
  fits: true,
  ram_bytes: 29.4 * kib,
  flash_bytes: 92.1 * kib,
  ram_available_bytes: 264 * kib,
  flash_available_bytes: 2048 * kib,
  latency_ms: { p10: 10.1, p50: 12.3, p90: 15 },
  energy_uj: 1234,
  source: 'estimated',
};
const small: DeviceResult = {
  ...pico,
  device: 'm0',
  runtime: 'tflm',
  fits: false,
  ram_available_bytes: 16 * kib,
  latency_ms: { p10: 100, p50: 200, p90: 300 },
};
const pi: DeviceResult = {
  model: 'm/a.onnx',
  device: 'pi@lab',
  runtime: 'litert',
  fits: true,
  latency_ms: { p10: 0.4, p50: 0.5, p90: 0.6 },
  source: 'measured',
  how: 'Middle of 412 runs.',
};
const models = [
  { path: 'm/a.onnx', format: 'onnx', size: 200 * kib, macs: 2_664_704, parameters: 24_908, accuracy: 0.917 },
  { path: 'm/b.onnx', format: 'onnx', size: 52 * kib, macs: 2_664_704, parameters: 24_908 },
];
const report = (devices: readonly DeviceResult[], count = 1): BenchReport => ({
  schema: 'edgeml.bench/1',
  models: models.slice(0, count),
  devices,
  warnings: [],
});

describe('one model on several devices', () => {
  const lines = renderBench(report([pico, small, pi]), plain);

  it('is a row each, with what fits in the margin, the range of errors and the share that is used', () => {
    expect(lines.slice(0, 6)).toEqual([
      'm/a.onnx  ONNX, 200 KiB, 2.66 M MACs, accuracy 91.7 %',
      '',
      '  device  runtime    latency (p10–p90)     energy         RAM       flash',
      '✓ pico    CMSIS-NN  ~12.3 ms (10.1–15.0)  1.23 mJ  29.4K  11%  92.1K   4%',
      '✗ m0      TFLM      ~200 ms (100–300)     1.23 mJ  29.4K 184%  92.1K   4%',
      '✓ pi@lab  LiteRT     500 µs (400–600)           ·      ·           ·',
    ]);
  });

  it('says by how much a result does not fit, what the marks mean and how it was measured', () => {
    expect(lines.slice(6)).toEqual([
      '',
      '  ✗ m0, TFLM: RAM: 13.4 KiB more than the 16 KiB there are.',
      '',
      '  ~ estimated: computed from the device profile; the range should hold eight of',
      '    ten real runs',
      '  pi@lab, LiteRT, measured: Middle of 412 runs.',
    ]);
  });

  it('numbers those that fit where they are ranked', () => {
    const ranked = renderBench(report([pico, small, pi]), plain, { rank: true });
    expect(ranked.slice(2, 6).map((l) => l.slice(0, 12))).toEqual(['  #  device ', '✓ 1  pico   ', '✗ ·  m0     ', '✓ 2  pi@lab ']);
    expect(ranked).toContain('  first choice: pico, CMSIS-NN');
    expect(renderBench(report([small]), plain, { rank: true })).toContain('  none fits');
  });

  it('gives up shares, then energy, rather than be wider than the terminal', () => {
    const long = { ...pico, device: 'jetson-orin-nano' };
    expect(renderBench(report([long, pi]), plain)[3]).toBe('✓ jetson-orin-nano  CMSIS-NN  ~12.3 ms (10.1–15.0)  1.23 mJ  29.4K  92.1K');
    expect(renderBench(report([long, pi]), plain, { width: 70 })[3]).toBe(
      '✓ jetson-orin-nano  CMSIS-NN  ~12.3 ms (10.1–15.0)  29.4K  92.1K',
    );
    expect(renderBench(report([long, pi]), marked)[3]).toContain('29.4K  92.1K');
  });

  it('takes what it does not know as unknown', () => {
    const lines = renderBench(sparseReport(), plain);
    expect(lines[3]).toBe('✗ pico    TFLM      ·                    ·      ·');
    expect(lines).toContain('  ✗ pico, TFLM: TFLite Micro has no operator RFFT2D.');
  });
});

describe('what does not fit', () => {
  it('is said once for all results that it holds for', () => {
    const reasons = ['There is no operator RFFT2D.'];
    const lines = renderBench(
      report([
        { ...small, reasons },
        { ...small, device: 'm3', reasons },
      ]),
      plain,
    );
    expect(lines).toContain('  ✗ m0, TFLM; m3, TFLM: There is no operator RFFT2D.');
  });
});

describe('several models', () => {
  const other = { ...pico, model: 'm/b.onnx', ram_bytes: 58.8 * kib, latency_ms: { p10: 3, p50: 4.1, p90: 5 } };
  const lines = renderBench(report([pico, small, other, { ...small, model: 'm/b.onnx', fits: true }], 2), plain);

  it('stand side by side, with what each takes of the first one’s', () => {
    expect(lines.slice(0, 14)).toEqual([
      'm/a.onnx  ONNX, 200 KiB, 2.66 M MACs, accuracy 91.7 %',
      'm/b.onnx  ONNX, 52.0 KiB, 2.66 M MACs',
      '',
      '  latency                               a                     b',
      '  pico     CMSIS-NN  ~12.3 ms (10.1–15.0)  ~4.10 ms (3.00–5.00)  ×0.33',
      '  m0       TFLM       ✗ ~200 ms (100–300)     ~200 ms (100–300)  ×1.00',
      '',
      '  energy                    a        b',
      '  pico    CMSIS-NN    1.23 mJ  1.23 mJ  ×1.00',
      '  m0      TFLM      ✗ 1.23 mJ  1.23 mJ  ×1.00',
      '',
      '  RAM                   a      b',
      '  pico  CMSIS-NN    29.4K  58.8K  ×2.00',
      '  m0    TFLM      ✗ 29.4K  29.4K  ×1.00',
    ]);
    expect(lines).toContain('  ✗ a.onnx on m0, TFLM: RAM: 13.4 KiB more than the 16 KiB there are.');
  });

  it('come in further tables where the width ends, again beside the first', () => {
    const paths = ['one', 'two', 'three', 'four', 'five', 'six'].map((n) => `${'x'.repeat(12)}-${n}.onnx`);
    const many: BenchReport = {
      ...report(paths.map((model) => ({ ...pico, model }))),
      models: paths.map((path) => ({ ...models[0], path })),
    };
    const heads = renderBench(many, plain).filter((l) => l.startsWith('  latency'));
    expect(heads.length).toBeGreaterThan(1);
    expect(heads.every((h) => h.includes('xxxxxxxxxxxx-one '))).toBe(true);
    for (const name of ['two', 'three', 'four', 'five', 'six']) expect(heads.filter((h) => h.includes(`-${name}`))).toHaveLength(1);
  });
});

describe('layers', () => {
  it('show where time and the memory peak go', () => {
    const layers = [
      { name: 'conv', operator: 'Conv2D', macs: 10_000, ms: 9, live_bytes: 2048 },
      { name: 'a/very/long/name/of/a/layer/that/has/no/room/to/be/shown', operator: 'DepthwiseConv2D', macs: 0, ms: 3, live_bytes: 4096 },
    ];
    const lines = renderBench(report([{ ...pico, layers }]), plain, { perLayer: true });
    const at = lines.indexOf('  a.onnx on pico, CMSIS-NN');
    expect(lines.slice(at + 1, at + 4)).toEqual([
      '  layer           operator           MACs     time  share            alive',
      '  conv            Conv2D           10.0 k  9.00 ms   75 %  ████████  2.00K',
      '  a/very/…/shown  DepthwiseConv2D       ·  3.00 ms   25 %  ██▋       4.00K  peak',
    ]);
  });

  it('without times are shown once per model, by their multiply-accumulates', () => {
    const layers = [{ name: 'conv', operator: 'Conv2D', macs: 500 }];
    const lines = renderBench(
      report([
        { ...pico, layers },
        { ...small, layers },
      ]),
      plain,
      { perLayer: true },
    );
    expect(lines.filter((l) => l.includes('Conv2D'))).toEqual(['  conv   Conv2D     500  100 %  ████████']);
  });
});

describe('every report', () => {
  it.each([1, 2, 3])('of %i models fits in 80 columns', (count) => {
    const paths = ['models/kws_int8.tflite', 'models/ic_int8.tflite', 'models/vww_int8.tflite'].slice(0, count);
    const lines = renderBench(sampleReport(paths), plain, { perLayer: true, rank: true });
    expect(lines.filter((l) => l.length > 80)).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
  });

  it('does not let names steer the terminal', () => {
    const text = renderBench(hostileReport(), plain, { perLayer: true }).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe('Markdown', () => {
  it('is a table with what does not fit above it', () => {
    const text = renderMarkdown(report([pico, small]));
    expect(text.split('\n').slice(0, 9)).toEqual([
      '### edgeml bench: 1 of 2 do not fit',
      '',
      '- ✗ `m0`, TFLite Micro: RAM: 13.4 KiB more than the 16 KiB there are.',
      '',
      '**`a.onnx`** · 200 KiB · accuracy 91.7 %',
      '',
      '|  | Device | Runtime | Latency (p10–p90) | Energy | RAM | Flash | Source |',
      '| :-: | --- | --- | --: | --: | --: | --: | --- |',
      '| ✓ | `pico` | TFLite Micro + CMSIS-NN | 12.3 ms (10.1–15.0) | 1.23 mJ | 29.4 KiB (11 %) | 92.1 KiB (4 %) | estimated |',
    ]);
    expect(renderMarkdown(report([pico]))).toContain('### edgeml bench: everything fits\n');
  });

  it('puts models side by side and folds the rest', () => {
    const text = renderMarkdown(report([pico, { ...pico, model: 'm/b.onnx', fits: false, latency_ms: { p10: 3, p50: 4.1, p90: 5 } }], 2));
    expect(text).toContain('| Device | Runtime | `a.onnx` | `b.onnx` |  |\n');
    expect(text).toContain('| `pico` | TFLite Micro + CMSIS-NN | 12.3 ms | ✗ 4.10 ms | ×0.33 |\n');
    expect(text).toContain('<details><summary>Energy, RAM and flash</summary>\n\n**`a.onnx`**');
  });

  it('takes names as text: no cells, tags, mentions or marks of theirs', () => {
    const evil = 'a|b`c`<img src=x>@team\n# x';
    const text = renderMarkdown({ ...report([{ ...pico, device: evil, fits: false, reasons: [evil] }]), warnings: [evil] });
    expect(text).toContain('| ✗ | `` a\\|b`c`<img src=x>@team # x `` |');
    expect(text).toContain('- ⚠ a\\|b\\`c\\`&lt;img src=x&gt;@\u200bteam \\# x\n');
    const cells = text
      .split('\n')
      .filter((l) => l.startsWith('| '))
      .map((l) => l.match(/(?<!\\)\|/g)?.length);
    expect(new Set(cells)).toEqual(new Set([9]));
  });
});

describe('wrap', () => {
  it('breaks between words, with a margin for what follows', () => {
    expect(wrap('one two three', 9, '> ', '  ')).toEqual(['> one two', '  three']);
    expect(wrap('a verylongword b', 6)).toEqual(['a', 'verylongword', 'b']);
  });
});
