import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchReport } from '../../src/bench/types.js';
import { renderHtml } from '../../src/report/index.js';
import { type Chromium, chromiumPath, launch, type Page } from './chromium.js';
import { contrasts, overflowing, overlapping, unseen } from './inspect-page.js';
import { crowdedReport, hostileReport, sampleReport, sparseReport } from './sample.js';

const path = chromiumPath();
if (!path) console.warn('skipped: no Chromium to open the report in (apt-get install --no-install-recommends chromium)');

it.runIf(process.env.CI === 'true')('finds a browser where everything has to be tested', () => expect(path).toBeDefined());

describe.skipIf(!path)('the report in a browser', () => {
  let browser: Chromium;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgeml-report-'));
    browser = await launch(path ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a report and holds the page to what every report's page must be. */
  async function open(name: string, report: BenchReport): Promise<Page> {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, renderHtml(report, { date: '2026-11-22' }));
    const page = await browser.open(pathToFileURL(file).href);
    expect(page.requests).toEqual([pathToFileURL(file).href]);
    return page;
  }

  const views = [
    { width: 360, dark: false },
    { width: 360, dark: true },
    { width: 820, dark: false },
    { width: 1280, dark: false },
    { width: 1280, dark: true },
  ];

  describe('of three models on six devices', () => {
    const report = sampleReport();
    let page: Page;
    beforeAll(async () => {
      page = await open('sample', report);
    });
    afterAll(() => expect(page.complaints).toEqual([]));

    it.each(views)('is readable at $width pixels, dark: $dark', async (view) => {
      await page.emulate(view);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
      expect(await page.evaluate(overflowing)).toEqual([]);
      expect(await page.evaluate(unseen)).toEqual([]);
      expect(await page.evaluate(overlapping)).toEqual([]);
      expect(await page.evaluate(contrasts)).toEqual([]);
    });

    it('draws a mark and a range for each latency, and a line for each device and runtime', async () => {
      for (const width of [340, 1040]) {
        const chart = `document.querySelector('svg[aria-labelledby^="latency-${width}-"]')`;
        const of = (kind: string): Promise<number> => page.evaluate(`${chart}.querySelectorAll('${kind}').length`);
        expect(await of('.mark')).toBe(24);
        expect(await of('.range')).toBe(24);
        expect(await of('.link')).toBe(8);
        expect(await of('.name')).toBe(8);
        expect(await of('.mark.hollow')).toBe(report.devices.filter((d) => !d.fits).length);
      }
    });

    it('puts marks where the figures say: slower is higher, larger is further right', async () => {
      await page.emulate({ width: 1280 });
      const places = await page.evaluate<{ title: string; x: number; y: number }[]>(
        `[...document.querySelectorAll('svg[aria-labelledby^="latency-1040-"] .mark')].map((m) => {
          const box = m.getBoundingClientRect();
          return { title: m.textContent, x: box.x + box.width / 2, y: box.y + box.height / 2 };
        })`,
      );
      const placeOf = (model: string, device: string) => {
        const found = places.find((p) => p.title.startsWith(`${model} on ${device},`));
        return found ?? expect.fail(`no mark of ${model} on ${device}`);
      };
      const slowest = report.devices.toSorted((a, b) => (a.latency_ms?.p50 ?? 0) - (b.latency_ms?.p50 ?? 0));
      const heights = slowest.map(
        (d) =>
          places.find((p) => p.title.startsWith(`${d.model.slice(7)} on ${d.device},`) && p.title.includes(runtimeOf(d.runtime)))?.y ?? 0,
      );
      expect(heights.every((y, i) => i === 0 || y <= heights[i - 1])).toBe(true);
      expect(placeOf('vww_int8.tflite', 'pi4').x).toBeGreaterThan(placeOf('ic_int8.tflite', 'pi4').x);
      expect(placeOf('ic_int8.tflite', 'pi4').x).toBeGreaterThan(placeOf('kws_int8.tflite', 'pi4').x);
    });

    it('draws accuracies, memory over time, layers and bytes', async () => {
      const count = (selector: string): Promise<number> => page.evaluate(`document.querySelectorAll('${selector}').length`);
      expect(await count('svg[aria-labelledby^="accuracy-1040-"] .mark')).toBe(3);
      expect(await count('#memory svg .area')).toBe(3);
      expect(await count('#memory svg .hit')).toBe(12 + 15 + 30);
      expect(await count('#memory svg .peak')).toBe(3);
      // Of thirty layers, 24 are drawn and the rest are one bar.
      expect(await count('#layers svg .bar')).toBe(8 * (12 + 15 + 25));
      // Six results on microcontrollers per model, of three parts of RAM and two of flash.
      expect(await count('#bytes svg .bar')).toBe(3 * 6 * (3 + 2));
      expect(await count('#bytes svg .limit.bad')).toBe(3);
    });

    it('prints all columns on a sheet, as wide as A4 without its margins, dark on white', async () => {
      await page.emulate({ width: 718, dark: true, print: true });
      expect(
        await page.evaluate(
          `[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length`,
        ),
      ).toBe(0);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    });

    it('is dark where dark is preferred', async () => {
      const background = async (dark: boolean): Promise<string> => {
        await page.emulate({ width: 1280, dark });
        return page.evaluate('getComputedStyle(document.body).backgroundColor');
      };
      expect([await background(false), await background(true)]).toEqual(['rgb(255, 255, 255)', 'rgb(18, 22, 28)']);
    });

    it('sorts each model’s rows by the heading that is pressed', async () => {
      const orders = `[...document.querySelectorAll('.comparison tbody')].map((b) =>
        [...b.querySelectorAll('td.latency')].map((c) => Number(c.dataset.sort)))`;
      const press = (): Promise<string> =>
        page.evaluate(
          `(() => { const th = document.querySelector('th[data-key=latency]'); th.click(); return th.getAttribute('aria-sort'); })()`,
        );
      expect(await press()).toBe('ascending');
      const up = await page.evaluate<number[][]>(orders);
      expect(up).toEqual(up.map((o) => o.toSorted((a, b) => a - b)));
      expect(await press()).toBe('descending');
      expect(await page.evaluate(orders)).toEqual(up.map((o) => o.toReversed()));
      expect(
        await page.evaluate(`[...document.querySelectorAll('.comparison tbody')].every((b) => b.firstElementChild.matches('.group'))`),
      ).toBe(true);
    });
  });

  it.each(views)('takes names as text, however long, at $width pixels, dark: $dark', async (view) => {
    const page = await open('hostile', hostileReport());
    await page.emulate(view);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
    expect(await page.evaluate(overflowing)).toEqual([]);
    expect(await page.evaluate(`document.querySelectorAll('img, iframe, [onload], [onerror]').length`)).toBe(0);
    expect(await page.evaluate('document.scripts.length')).toBe(1);
    expect(await page.evaluate('typeof window.pwned')).toBe('undefined');
    expect(page.complaints).toEqual([]);
  });

  it('stays readable with more results than there is room for, and with everything unfolded', async () => {
    const page = await open('crowded', crowdedReport());
    await page.evaluate(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`);
    for (const width of [360, 1280]) {
      await page.emulate({ width });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      for (const wrong of [overflowing, unseen, overlapping]) expect(await page.evaluate(wrong)).toEqual([]);
    }
    expect(await page.evaluate(`document.querySelectorAll('svg[aria-labelledby^="latency-1040-"] .mark').length`)).toBe(112);
    expect(page.complaints).toEqual([]);
  });

  it.each([360, 1280])('sets the results of one model side by side, at %i pixels', async (width) => {
    const page = await open('single', sampleReport(['models/ic_int8.tflite']));
    await page.emulate({ width });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    for (const wrong of [overflowing, unseen, overlapping, contrasts]) expect(await page.evaluate(wrong)).toEqual([]);
    const left = await page.evaluate<number[]>(
      `[...document.querySelectorAll('svg[aria-labelledby^="latency-${width < 600 ? 340 : 1040}-"] .mark')].map((m) => m.getBoundingClientRect().left)`,
    );
    expect(left).toHaveLength(8);
    expect(left.every((x, i) => i === 0 || x > left[i - 1] + 9)).toBe(true);
    expect(page.complaints).toEqual([]);
  });

  it('leaves out what a report does not know', async () => {
    const page = await open('sparse', sparseReport());
    await page.emulate({ width: 360 });
    expect(await page.evaluate(`[...document.querySelectorAll('section[id]')].map((s) => s.id)`)).toEqual(['comparison', 'models']);
    expect(await page.evaluate(`document.querySelector('.fits').textContent`)).toBe('✗ does not run');
    expect(await page.evaluate(`document.querySelector('.why').textContent`)).toBe('TFLite Micro has no operator RFFT2D.');
    expect(page.complaints).toEqual([]);
  });

  const runtimeOf = (name: string): string =>
    ({
      'edgeml-c': 'edgeml C',
      'tflm-cmsis-nn': 'CMSIS-NN',
      'tflm-esp-nn': 'ESP-NN',
      tflm: 'TFLM',
      litert: 'LiteRT',
      tensorrt: 'TensorRT',
    })[name] ?? name;
});
