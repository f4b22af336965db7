import type { BenchReport } from '../../bench/types.js';
import { count, memory } from '../../report/format.js';
import { byModel, formatTitles, type ModelResults, sourceMeaning } from '../../report/names.js';
import { compareTables } from './bench-compare.js';
import { layerTables } from './bench-layers.js';
import { nameOf, obstacleLines, resultTable, sourceMarks } from './bench-table.js';
import type { Style } from './style.js';
import { printable, wrap } from './text.js';

export { renderMarkdown } from './bench-markdown.js';

/** What `edgeml bench` was asked to print. */
export interface BenchWishes {
  readonly perLayer?: boolean;
  /** The results stand in an order of preference: those that fit are numbered. */
  readonly rank?: boolean;
  /** Columns of the terminal; 80 unless told. */
  readonly width?: number;
}

/** The summary of `edgeml bench`, line by line: a table for one model, several models side by side. */
export function renderBench(report: BenchReport, style: Style, wishes: BenchWishes = {}): string[] {
  const { width = 80 } = wishes;
  const models = byModel(report).filter((m) => m.results.length > 0);
  const tables =
    models.length > 1
      ? compareTables(models, style, { ...wishes, width })
      : models.flatMap((m) => resultTable(m.results, style, { ...wishes, width }));
  return [
    ...models.flatMap((m) => heading(m, style)),
    ...tables,
    ...obstacleLines(models, style, width),
    ...(wishes.rank ? firstChoice(models, style) : []),
    ...(wishes.perLayer ? layerTables(models, style, width) : []),
    ...legend(report, style, width),
  ];
}

function heading({ path, facts }: ModelResults, style: Style): string[] {
  const about = facts ? `${formatTitles[facts.format] ?? facts.format}, ${memory(facts.size)}, ${count(facts.macs)} MACs` : '';
  const accuracy = facts?.accuracy === undefined ? '' : `, accuracy ${(facts.accuracy * 100).toFixed(1)} %`;
  return [`${style.bold(printable(path))}  ${style.dim(printable(about + accuracy))}`];
}

/** The first result that fits, per model. */
function firstChoice(models: readonly ModelResults[], style: Style): string[] {
  const lines = models.map(({ name, results }) => {
    const first = results.find((r) => r.fits);
    const whose = models.length > 1 ? ` for ${printable(name)}` : '';
    return first ? `  ${style.good(`first choice${whose}: ${nameOf(first)}`)}` : `  ${style.bad(`none fits${whose}`)}`;
  });
  return ['', ...lines];
}

/** What the marks before latencies mean, and how measurements were made. */
function legend(report: BenchReport, style: Style, width: number): string[] {
  const sources = new Set(report.devices.map((d) => d.source));
  const meanings = [...sources].filter((s) => sourceMarks[s] !== ' ').map((s) => `${sourceMarks[s]} ${s}: ${sourceMeaning[s]}`);
  const hows = report.devices.flatMap((d) => (d.how && d.source !== 'estimated' ? [`${nameOf(d)}, ${d.source}: ${d.how}`] : []));
  const lines = [...meanings, ...new Set(hows)].flatMap((line) => wrap(printable(line), width, '  ', '    '));
  return lines.length > 0 ? ['', ...lines.map(style.dim)] : [];
}
