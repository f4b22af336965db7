import type { DeviceResult } from '../../bench/types.js';
import { digits, duration, energy, shortMemory } from '../../report/format.js';
import { type ModelResults, runtimeShort } from '../../report/names.js';
import { showLatency, sourceMarks, unknown } from './bench-table.js';
import type { Style } from './style.js';
import { elide, table } from './text.js';

interface Metric {
  readonly title: string;
  value(r: DeviceResult): number | undefined;
  /** From the fullest to the shortest way to write it. */
  readonly ways: readonly ((r: DeviceResult) => string)[];
}

const known =
  (show: (value: number) => string, value: (r: DeviceResult) => number | undefined) =>
  (r: DeviceResult): string => {
    const v = value(r);
    return v === undefined ? unknown : show(v);
  };
const shortLatency = (r: DeviceResult): string => (r.latency_ms ? `${sourceMarks[r.source]}${duration(r.latency_ms.p50)}` : ` ${unknown}`);

const metrics: readonly Metric[] = [
  { title: 'latency', value: (r) => r.latency_ms?.p50, ways: [showLatency, shortLatency] },
  { title: 'energy', value: (r) => r.energy_uj, ways: [known(energy, (r) => r.energy_uj)] },
  { title: 'RAM', value: (r) => r.ram_bytes, ways: [known(shortMemory, (r) => r.ram_bytes)] },
  { title: 'flash', value: (r) => r.flash_bytes, ways: [known(shortMemory, (r) => r.flash_bytes)] },
];

interface Row {
  /** Device and runtime, as any of the results. */
  readonly any: DeviceResult;
  readonly of: ReadonlyMap<ModelResults, DeviceResult>;
}

interface Wishes {
  readonly rank?: boolean;
  readonly width: number;
}

/**
 * Models side by side: a table for each of latency, energy, RAM and flash, with a row for each device and runtime, and what
 * each model takes of the first one's figure; what ran nowhere is left to the sentences below. Models that do not fit the width come in tables of their own, again beside the first.
 */
export function compareTables(models: readonly ModelResults[], style: Style, wishes: Wishes): string[] {
  const rows = new Map<string, { any: DeviceResult; of: Map<ModelResults, DeviceResult> }>();
  for (const m of models)
    for (const r of m.results) {
      const key = `${r.device}\n${r.runtime}`;
      const row = rows.get(key) ?? { any: r, of: new Map() };
      rows.set(key, row);
      row.of.set(m, r);
    }
  const all = [...rows.values()];
  return metrics
    .filter((metric) => models.some((m) => m.results.some((r) => metric.value(r) !== undefined)))
    .flatMap((metric) => {
      const known = all.filter((row) => [...row.of.values()].some((r) => metric.value(r) !== undefined));
      return metricTables(metric, known, models, style, wishes);
    });
}

function metricTables(metric: Metric, rows: readonly Row[], models: readonly ModelResults[], style: Style, wishes: Wishes): string[] {
  const fits = (lines: readonly string[]): boolean => Math.max(...lines.map((l) => l.length)) <= wishes.width;
  const [first, ...others] = models;
  // The longest run of models that some way of writing lets fit; one model beside the first is printed however wide it is.
  for (let n = others.length; n > 0; n--) {
    const shown = [first, ...others.slice(0, n)];
    for (const way of metric.ways) {
      const lines = metricTable(metric, way, rows, shown, wishes);
      if (!fits(lines) && (n > 1 || way !== metric.ways[metric.ways.length - 1])) continue;
      const rest = others.slice(n);
      return [
        '',
        style.dim(lines[0]),
        ...lines.slice(1),
        ...(rest.length > 0 ? metricTables(metric, rows, [first, ...rest], style, wishes) : []),
      ];
    }
  }
  return [];
}

function metricTable(
  metric: Metric,
  way: (r: DeviceResult) => string,
  rows: readonly Row[],
  models: readonly ModelResults[],
  { rank }: Wishes,
): string[] {
  const right = { right: true };
  let place = 0;
  const cells = rows.map(({ any, of }) => {
    const base = of.get(models[0]);
    const all = models.flatMap((m, i) => {
      const r = of.get(m);
      const cell = r ? `${r.fits ? '' : '✗ '}${way(r).trimStart()}` : unknown;
      return i === 0 ? [cell] : [cell, ratio(r && metric.value(r), base && metric.value(base))];
    });
    const usable = [...of.values()].every((r) => r.fits);
    return [...(rank ? [usable ? String(++place) : unknown] : []), any.device, runtimeShort[any.runtime], ...all];
  });
  const head = headings(models).flatMap((name, i) => (i === 0 ? [name] : [name, '']));
  return table(
    [[...(rank ? ['#'] : []), metric.title, '', ...head], ...cells],
    [...(rank ? [right] : []), {}, {}, ...head.map(() => right)],
  );
}

/** Names of models without the ending that all of them have, as `_int8.tflite`: the paths stand above the tables. */
function headings(models: readonly ModelResults[]): string[] {
  const names = models.map((m) => m.name);
  const ending = names.reduce((common, name) => {
    while (!name.endsWith(common)) common = common.slice(1);
    return common;
  });
  const from = ending.search(/[._-]/);
  const cut = from < 0 || names.some((n) => n.length <= ending.length - from) ? 0 : ending.length - from;
  return names.map((n) => elide(n.slice(0, n.length - cut), 20));
}

/** "×0.33" of the first model's figure. */
const ratio = (value: number | undefined, base: number | undefined): string =>
  value === undefined || !base ? '' : `×${digits(value / base)}`;
