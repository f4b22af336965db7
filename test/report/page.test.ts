import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { layerBars, operatorShares } from '../../src/report/bars.js';
import { renderHtml } from '../../src/report/index.js';
import { obstacles, shortNames } from '../../src/report/names.js';
import { alike, partColour, partNames } from '../../src/report/stack.js';
import { hostileReport, sampleReport } from './sample.js';

const kib = 1024;

describe('the page', () => {
  const html = renderHtml(sampleReport(), { date: '2026-11-22' });

  it('is the same for the same report and date, which it shows', () => {
    expect(renderHtml(sampleReport(), { date: '2026-11-22' })).toBe(html);
    expect(html).toContain('<time>2026-11-22</time>');
    expect(html).toContain('<title>kws_int8.tflite, ic_int8.tflite and vww_int8.tflite on 6 devices – edgeml bench</title>');
  });

  it('names nothing to load, and forbids to', () => {
    expect(html).not.toMatch(/\b(?:src|srcset|href)\s*=\s*"(?!#)|url\(|@import|https?:\/\//);
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; `);
    expect(html).toContain(`script-src 'sha256-${hash}'`);
  });

  it('says in words what charts show', () => {
    const text = html.replace(/<[^>]+>/g, '\n');
    expect(text).toContain('24 results on a logarithmic scale, from 71.6 µs (kws_int8.tflite on jetson-orin-nano, TensorRT) to 9.08 s');
    expect(text).toContain('edgeml C: at most 15.6 KiB, at conv_3');
    expect(text).toContain('15 layers, 1.26 s in all; the most goes to conv_3: 19 %.');
    expect(text).toContain('RAM: 25.3 KiB too much; activations take 54.0 KiB.');
  });

  it('writes no name as markup', () => {
    const hostile = renderHtml(hostileReport(), { date: '<b>' });
    expect(hostile).not.toMatch(/<img|<b>|window\.pwned=1<\/script>/);
    expect(['\u0000', '\u202e'].filter((c) => hostile.includes(c))).toEqual([]);
    expect(hostile.match(/<script/g)).toHaveLength(1);
  });
});

describe('what charts are made of', () => {
  it('shows models by the shortest ends of their paths that differ', () => {
    expect([...shortNames(['a/x/m.onnx', 'b/x/m.onnx', 'b/n.onnx']).values()]).toEqual(['a/x/m.onnx', 'b/x/m.onnx', 'n.onnx']);
    expect([...shortNames(['C:\\a\\m.onnx']).values()]).toEqual(['m.onnx']);
  });

  it('keeps bars of other magnitudes on axes of their own, in the order given', () => {
    const stack = (total: number) => ({ model: 'm', label: String(total), parts: [{ what: 'a', bytes: total }], total });
    const groups = alike([60 * kib, 21_000 * kib, 20 * kib, 22_000 * kib].map(stack));
    expect(groups.map((g) => g.map((s) => s.total / kib))).toEqual([
      [60, 20],
      [21_000, 22_000],
    ]);
  });

  it('colours parts by the shares they take, the smallest in common', () => {
    const parts = 'abcdefghi'.split('').map((what, i) => ({ what, bytes: 900 - i * 100 }));
    const names = partNames([{ model: 'm', label: '', parts, total: 4500 }]);
    expect(names.map((n) => partColour(names, n))).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p6', 'p6']);
  });

  it('counts multiply-accumulates where no times are known, and nothing where there is neither', () => {
    const [result] = sampleReport().devices;
    const untimed = { ...result, layers: result.layers?.map(({ ms, ...l }) => l) };
    const bars = layerBars(untimed) ?? expect.fail('no bars');
    expect([bars.unit, bars.total]).toEqual(['macs', 2_656_768]);
    expect(operatorShares(bars).map((o) => o.operator)).toEqual(['Conv2D', 'DepthwiseConv2D', 'FullyConnected']);
    expect(layerBars({ ...result, layers: [] })).toBeUndefined();
    expect(layerBars({ ...result, layers: [{ name: 'a', operator: 'Add', macs: 0 }] })).toBeUndefined();
  });

  it('says by how much a result does not fit where nothing else does', () => {
    const [result] = sampleReport().devices;
    expect(obstacles({ ...result, fits: false, ram_bytes: 20 * kib, ram_available_bytes: 16 * kib })).toEqual([
      'RAM: 4.00 KiB more than the 16 KiB there are.',
    ]);
    expect(obstacles({ ...result, fits: true, reasons: ['x'] })).toEqual([]);
  });
});
