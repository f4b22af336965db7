import { createHash } from 'node:crypto';
import { type BenchReport, runtimes } from '../bench/types.js';
import { accuracyChart } from './accuracy.js';
import { mark } from './axes.js';
import { element, escaped } from './html.js';
import { bytesSection, layerSection, memorySection } from './layers.js';
import { runtimeShort } from './names.js';
import { hasLatency, latencyChart } from './scatter.js';
import { script } from './script.js';
import { css } from './style.js';
import { headline, modelTable, notes, tiles, warnings } from './summary.js';
import { comparisonTable } from './table.js';

/** Native widths of the charts that take the whole page: what a phone shows, and what a desk does. */
const widths = [340, 1040] as const;

/**
 * A report as one HTML page that loads nothing: styles, a short script for sorting and the charts are in it. It reads without the
 * script, on a phone, in the dark and on paper. The same report and date give the same bytes.
 * @param date When the benchmark ran, as it is to be shown.
 */
export function renderHtml(report: BenchReport, { date }: { readonly date: string }): string {
  const title = headline(report);
  const sections = sectionsOf(report);
  // The browser itself then holds the page to what it says: nothing is fetched, and no other script runs.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} – edgeml bench</title>
<style>${css}</style>
</head>
<body>
<header>
<p class="kicker">edgeml bench <time>${escaped(date)}</time></p>
<h1>${escaped(title)}</h1>
${tiles(report)}
${element(
  'nav',
  { 'aria-label': 'Sections' },
  sections.map((s) => `<a href="#${s.id}">${s.short ?? s.title}</a>`),
)}
</header>
<main>
${[warnings(report), ...sections.map(show)].filter(Boolean).join('\n')}
</main>
<footer><h2>How the figures came about</h2>${notes(report)}</footer>
<script>${script}</script>
</body>
</html>
`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  /** Title for the links at the top. */
  readonly short?: string;
  readonly content: string;
}

/** The sections that have something to show. */
const sectionsOf = (report: BenchReport): Section[] =>
  [
    { id: 'comparison', title: 'Does it fit, and how fast is it?', short: 'Comparison', content: comparisonTable(report) },
    { id: 'latency', title: 'Latency against size', content: latencySection(report) },
    { id: 'accuracy', title: 'Accuracy against size', content: accuracySection(report) },
    { id: 'memory', title: 'Memory over time', content: memorySection(report) },
    { id: 'layers', title: 'Layer by layer', content: layerSection(report) },
    { id: 'bytes', title: 'Where the bytes go', content: bytesSection(report) },
    { id: 'models', title: 'Models', content: modelTable(report) },
  ].filter((s) => s.content !== '');

const show = ({ id, title, content }: Section): string => element('section', { id }, [element('h2', {}, title), content]);

/** A chart in both widths; the style sheet shows one of them, and what it hides is hidden from screen readers as well. */
const wideOrNarrow = (draw: (width: number) => string): string =>
  widths.map((width) => element('div', { class: width === widths[0] ? 'narrow' : 'wide' }, draw(width))).join('');

function latencySection(report: BenchReport): string {
  if (!hasLatency(report)) return '';
  const used = runtimes.filter((name) => report.devices.some((d) => d.runtime === name && d.latency_ms));
  const keys = used.map((name) => key(mark(runtimes.indexOf(name), 7, 7, `mark r${runtimes.indexOf(name)}`, ''), runtimeShort[name]));
  const hollow = report.devices.some((d) => !d.fits && d.latency_ms) ? [key(mark(0, 7, 7, 'mark m hollow', ''), 'does not fit')] : [];
  const marks =
    report.models.length > 1 ? 'Each line is a device with a runtime, each mark a model.' : 'Each mark is a device with a runtime.';
  const lead = `<p class="lead">${marks} Upright lines reach from p10 to p90. The table above has every figure.</p>`;
  const legend = element('p', { class: 'legend' }, [...keys, ...hollow]);
  return lead + legend + wideOrNarrow((width) => latencyChart(report, width));
}

const key = (shape: string, label: string): string =>
  element('span', { class: 'key' }, [`<svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">${shape}</svg>`, escaped(label)]);

const accuracySection = (report: BenchReport): string =>
  report.models.filter((m) => m.accuracy !== undefined).length > 1 ? wideOrNarrow((width) => accuracyChart(report, width)) : '';
