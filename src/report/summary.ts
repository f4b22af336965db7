import type { BenchReport, DeviceResult } from '../bench/types.js';
import { count, duration, energy, memory, rate } from './format.js';
import { element, escaped } from './html.js';
import { byModel, formatTitles, type ModelResults, runtimeShort, sourceMeaning } from './names.js';

/** "kws.tflite on 3 devices"; models beyond the second are counted. */
export function headline(report: BenchReport): string {
  const names = byModel(report).map((m) => m.name);
  const devices = new Set(report.devices.map((d) => d.device));
  const what = names.length > 3 ? `${names.length} models` : names.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const where = devices.size === 1 ? [...devices][0] : `${devices.size} devices`;
  return devices.size === 0 ? what : `${what} on ${where}`;
}

/** The report's answers in a few large figures. */
export function tiles(report: BenchReport): string {
  const models = byModel(report);
  const of = (r: DeviceResult): string =>
    `${models.length > 1 ? `${models.find((m) => m.path === r.model)?.name}, ` : ''}${r.device}, ${runtimeShort[r.runtime]}`;
  const fitting = report.devices.filter((r) => r.fits);
  const quickest = least(fitting, (r) => r.latency_ms?.p50);
  const frugal = least(fitting, (r) => r.energy_uj);
  const smallest = least(fitting, (r) => r.ram_bytes);
  const all = [
    tile('fit', `${fitting.length} of ${report.devices.length}`, 'pairings of model, device and runtime'),
    ...(quickest?.latency_ms
      ? [tile('quickest', duration(quickest.latency_ms.p50), `${of(quickest)} · ${rate(quickest.latency_ms.p50)}`)]
      : []),
    ...(frugal?.energy_uj === undefined ? [] : [tile('least energy', energy(frugal.energy_uj), of(frugal))]),
    ...(smallest?.ram_bytes === undefined ? [] : [tile('least RAM', memory(smallest.ram_bytes), of(smallest))]),
  ];
  return element('div', { class: 'tiles' }, all);
}

function least(results: readonly DeviceResult[], value: (r: DeviceResult) => number | undefined): DeviceResult | undefined {
  let best: DeviceResult | undefined;
  for (const r of results) {
    const v = value(r);
    if (v !== undefined && v < ((best && value(best)) ?? Number.POSITIVE_INFINITY)) best = r;
  }
  return best;
}

const tile = (label: string, value: string, note: string): string =>
  element('div', { class: 'tile' }, [
    element('span', {}, escaped(label)),
    element('strong', {}, escaped(value)),
    element('small', {}, escaped(note)),
  ]);

/** What is known of the models themselves. */
export function modelTable(report: BenchReport): string {
  const models = byModel(report).filter((m) => m.facts);
  const accuracies = models.some((m) => m.facts?.accuracy !== undefined);
  const head = ['Model', 'Format', 'Size', 'MACs', 'Parameters', ...(accuracies ? ['Accuracy'] : [])];
  return element('div', { class: 'scroll' }, [
    element('table', { class: 'plain' }, [
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          head.map((h, i) => element('th', { scope: 'col', class: i > 1 ? 'right' : undefined }, h)),
        ),
      ),
      element(
        'tbody',
        {},
        models.map((m) => modelRow(m, accuracies)),
      ),
    ]),
  ]);
}

function modelRow({ path, facts }: ModelResults, accuracies: boolean): string {
  if (!facts) return '';
  const cells = [
    formatTitles[facts.format] ?? facts.format,
    memory(facts.size),
    count(facts.macs),
    count(facts.parameters),
    ...(accuracies ? [facts.accuracy === undefined ? '–' : `${(facts.accuracy * 100).toFixed(1)} %`] : []),
  ];
  return element('tr', {}, [
    element('th', { scope: 'row' }, escaped(path)),
    ...cells.map((c, i) => element('td', { class: i > 0 ? 'right' : undefined }, escaped(c))),
  ]);
}

/** What the sources mean, and how each figure came about. */
export function notes(report: BenchReport): string {
  const sources = [...new Set(report.devices.map((d) => d.source))];
  return element(
    'dl',
    { class: 'notes' },
    sources.map((source) => {
      const hows = [...new Set(report.devices.flatMap((d) => (d.source === source && d.how ? [d.how] : [])))];
      return [
        element('dt', {}, element('span', { class: `badge ${source}` }, source)),
        element('dd', {}, [`${sourceMeaning[source]}.`, ...hows.map((how) => element('small', {}, escaped(how)))]),
      ].join('');
    }),
  );
}

/** Warnings of the run; empty where there are none. */
export const warnings = (report: BenchReport): string =>
  report.warnings.length === 0
    ? ''
    : element(
        'section',
        { class: 'warnings', 'aria-label': 'Warnings' },
        element(
          'ul',
          {},
          report.warnings.map((w) => element('li', {}, escaped(w))),
        ),
      );
