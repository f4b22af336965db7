import { type BenchReport, type DeviceResult, runtimeTitles } from '../../bench/types.js';
import { digits, duration, energy, latency, memory, percent, printable } from '../../report/format.js';
import { byModel, type ModelResults, obstacles, sourceMeaning, type Use, uses } from '../../report/names.js';

/** The report for a pull request, in GitHub's Markdown: what fits and how fast, models side by side, and the sentences on what does not fit. */
export function renderMarkdown(report: BenchReport): string {
  const models = byModel(report).filter((m) => m.results.length > 0);
  const failures = report.devices.filter((r) => !r.fits);
  const title = `### edgeml bench: ${failures.length === 0 ? 'everything fits' : `${failures.length} of ${report.devices.length} do not fit`}`;
  const tables = models.flatMap((m) => ['', `**${code(m.name)}**${facts(m)}`, '', ...resultRows(m.results)]);
  const compared = models.length > 1 ? ['', ...latencies(models)] : [];
  const folded = models.length > 1 ? ['', '<details><summary>Energy, RAM and flash</summary>', ...tables, '', '</details>'] : tables;
  const notes = [
    ...failures.flatMap((r) => obstacles(r).map((o) => `- ✗ ${whose(r, models)}: ${plain(o)}`)),
    ...report.warnings.map((w) => `- ⚠ ${plain(w)}`),
  ];
  const sources = [...new Set(report.devices.map((d) => d.source))].map((s) => `${s}: ${sourceMeaning[s]}.`);
  return `${[title, ...compared, ...(notes.length > 0 ? ['', ...notes] : []), ...folded, '', `<sub>${sources.join(' ')}</sub>`].join('\n')}\n`;
}

/** Text that Markdown and HTML leave as it is. */
const plain = (text: string): string =>
  printable(text.replace(/[\r\n]+/g, ' '))
    .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c)
    .replace(/[\\`*_{}[\]()#|~!@]/g, (c) => `\\${c}`)
    .replaceAll('\\@', '@\u200b');

/** A name as code: it is set as it is, mentions nobody and marks nothing. Table cells need their bars escaped even there. */
function code(text: string): string {
  const clean = printable(text.replace(/[\r\n]+/g, ' ')).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${clean} ${fence}` : `${fence}${clean}${fence}`;
}

const facts = ({ facts: f }: ModelResults): string =>
  f ? ` · ${memory(f.size)}${f.accuracy === undefined ? '' : ` · accuracy ${(f.accuracy * 100).toFixed(1)} %`}` : '';

function whose(r: DeviceResult, models: readonly ModelResults[]): string {
  const name = models.length > 1 ? `${code(models.find((m) => m.path === r.model)?.name ?? r.model)} on ` : '';
  return `${name}${code(r.device)}, ${runtimeTitles[r.runtime]}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const used = (u: Use | undefined): string => (u ? `${memory(u.bytes)}${u.share === undefined ? '' : ` (${percent(u.share)})`}` : '–');

function resultRows(results: readonly DeviceResult[]): string[] {
  return [
    row(['', 'Device', 'Runtime', 'Latency (p10–p90)', 'Energy', 'RAM', 'Flash', 'Source']),
    row([':-:', '---', '---', '--:', '--:', '--:', '--:', '---']),
    ...results.map((r) => {
      const [ram, flash] = (['RAM', 'flash'] as const).map((what) => used(uses(r).find((u) => u.what === what)));
      const time = r.latency_ms ? latency(r.latency_ms) : '–';
      const joules = r.energy_uj === undefined ? '–' : energy(r.energy_uj);
      return row([r.fits ? '✓' : '✗', code(r.device), runtimeTitles[r.runtime], time, joules, ram, flash, r.source]);
    }),
  ];
}

/** Latencies of models side by side, with what each takes of the first one's. */
function latencies(models: readonly ModelResults[]): string[] {
  const keys = new Map(models.flatMap((m) => m.results.map((r) => [`${r.device}\n${r.runtime}`, r])));
  const head = models.flatMap((m, i) => (i === 0 ? [code(m.name)] : [code(m.name), '']));
  return [
    row(['Device', 'Runtime', ...head]),
    row(['---', '---', ...head.map(() => '--:')]),
    ...[...keys.values()].map((any) => {
      const of = models.map((m) => m.results.find((r) => r.device === any.device && r.runtime === any.runtime));
      const base = of[0]?.latency_ms?.p50;
      const cells = of.flatMap((r, i) => {
        const cell = r?.latency_ms ? `${r.fits ? '' : '✗ '}${duration(r.latency_ms.p50)}` : r && !r.fits ? '✗' : '–';
        return i === 0 ? [cell] : [cell, base && r?.latency_ms ? `×${digits(r.latency_ms.p50 / base)}` : ''];
      });
      return row([code(any.device), runtimeTitles[any.runtime], ...cells]);
    }),
  ];
}
