import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import type { BenchReport } from '../../src/bench/types.js';
import { renderHtml } from '../../src/report/index.js';
import { projectRoot } from '../shared.js';
import { chromiumPath, launch } from './chromium.js';
import { sampleReport } from './sample.js';

/**
 * Takes docs/bench-report.png: a report's page on a desk, one model's table, then the charts. The report is what
 * `edgeml bench --per-layer --json` printed into the file named on the command line, or else the tests' sample.
 */
const [, , source] = process.argv;
const report = source ? (JSON.parse(readFileSync(source, 'utf8')) as BenchReport) : sampleReport();
const path = chromiumPath();
if (!path) throw new Error('There is no Chromium to open the report in: apt-get install --no-install-recommends chromium.');
const folder = mkdtempSync(join(tmpdir(), 'edgeml-report-'));
const file = join(folder, 'report.html');
writeFileSync(file, renderHtml({ ...report, warnings: [] }, { date: '22 November 2026' }));
const browser = await launch(path);
try {
  const page = await browser.open(pathToFileURL(file).href);
  await page.emulate({ width: 1280 });
  // Rows of the other models, folded layers and what explains them would make the picture as long as the page.
  await page.evaluate(
    `document.querySelectorAll('.comparison tbody:nth-of-type(n+2), .model > details:nth-of-type(n+2)').forEach((e) => e.remove())`,
  );
  await page.evaluate(
    `document.querySelectorAll('#accuracy, #models, #bytes h3:nth-of-type(2) ~ *, #bytes h3:nth-of-type(2), footer, nav, .model:nth-child(3)').forEach((e) => e.remove())`,
  );
  // A page has few colours.
  const png = await sharp(await page.screenshot(undefined, 0.9))
    .png({ palette: true, colours: 96, effort: 10 })
    .toBuffer();
  writeFileSync(join(projectRoot, 'docs/bench-report.png'), png);
  console.log(`docs/bench-report.png: ${png.length} bytes`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
