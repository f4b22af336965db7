import type { BenchReport, DeviceResult } from '../bench/types.js';
import { coursesOf, memoryChart, peakSentence } from './area.js';
import { type LayerBars, layerBars, layerChart, operatorShares, showValue } from './bars.js';
import { count, duration, memory, percent } from './format.js';
import { element, escaped } from './html.js';
import { byModel, runtimeShort } from './names.js';
import { alike, partColour, partNames, type Stack, stackChart, stacksOf } from './stack.js';

/** Native width of charts that stand side by side and on phones, in pixels. */
const narrow = 340;
/** Results of one model whose layers are drawn; the report has the others. */
const most = 8;

const figure = (caption: string, content: readonly string[]): string =>
  element('figure', {}, [element('figcaption', {}, caption), ...content]);
const swatch = (kind: string, label: string): string => element('span', { class: 'key' }, [`<i class="${kind}"></i>`, escaped(label)]);
const legend = (keys: readonly string[]): string => element('p', { class: 'legend' }, keys);
const resultName = (r: DeviceResult): string => `${r.device}, ${runtimeShort[r.runtime]}`;

/** Memory over time, a chart per model; empty where no result knows what is alive. */
export function memorySection(report: BenchReport): string {
  const figures = byModel(report).flatMap(({ name, results }, i) => {
    const courses = coursesOf(results);
    if (courses.length === 0) return [];
    const keys = courses.map((c, k) => swatch(`course c${k}`, peakSentence(c)));
    return [figure(escaped(name), [memoryChart(courses, { id: `memory-${i}`, width: narrow, name }), legend(keys)])];
  });
  if (figures.length === 0) return '';
  const lead = 'Bytes of activations that are alive while each layer runs. The highest step is what the arena has to hold.';
  return element('p', { class: 'lead' }, lead) + element('div', { class: 'grid' }, figures);
}

/** Bars per layer, one result after the other; those after the first of each model are folded. */
export function layerSection(report: BenchReport): string {
  const models = byModel(report).flatMap(({ name, results }, m) => {
    const bars = distinct(results.flatMap((r) => layerBars(r) ?? []));
    if (bars.length === 0) return [];
    const blocks = bars.slice(0, most).map((b, i) => layerBlock(b, `layers-${m}-${i}`, name, i === 0));
    const rest = bars.length > most ? [`<p class="lead">${bars.length - most} more in the JSON report.</p>`] : [];
    return [element('div', { class: 'model' }, [element('h3', {}, escaped(name)), ...blocks, ...rest])];
  });
  return models.length === 0 ? '' : element('div', { class: 'grid' }, models);
}

/** Results without times differ in nothing that is drawn here: one of them is enough. */
function distinct(all: readonly LayerBars[]): LayerBars[] {
  const counted = all.find((b) => b.unit === 'macs');
  return all.filter((b) => b.unit === 'ms' || b === counted);
}

function layerBlock(bars: LayerBars, id: string, name: string, open: boolean): string {
  const { result, unit, total } = bars;
  const shares = operatorShares(bars).map((o, i) => swatch(`p${i}`, `${o.operator} ${percent(o.share)}`));
  const title = unit === 'ms' ? `${resultName(result)}: ${duration(total)}` : `${count(total)} MACs`;
  return element('details', { ...(open && { open: '' }) }, [
    element('summary', {}, escaped(title)),
    legend(shares),
    layerChart(bars, { id, width: narrow, name: `${name} on ${resultName(result)}` }),
    element('details', { class: 'figures' }, [element('summary', {}, 'As a table'), layerTable(bars)]),
  ]);
}

function layerTable({ rows, unit, total }: LayerBars): string {
  const live = rows.some((r) => r.layer.live_bytes !== undefined);
  const head = ['', 'Layer', 'Operator', 'MACs', ...(unit === 'ms' ? ['Time'] : []), 'Share', ...(live ? ['Alive'] : [])];
  const body = rows.map(({ layer: l, value }, i) => [
    String(i + 1),
    l.name,
    l.operator,
    l.macs === 0 ? '·' : count(l.macs),
    ...(unit === 'ms' ? [showValue(unit, value)] : []),
    percent(value / total),
    ...(live ? [l.live_bytes === undefined ? '·' : memory(l.live_bytes)] : []),
  ]);
  const cells = (kind: 'th' | 'td', row: readonly string[]): string =>
    element(
      'tr',
      {},
      row.map((c, i) => element(kind, { class: i > 2 ? 'right' : undefined }, escaped(c))),
    );
  const table = [
    element('thead', {}, cells('th', head)),
    element(
      'tbody',
      {},
      body.map((row) => cells('td', row)),
    ),
  ];
  return element('div', { class: 'scroll' }, element('table', { class: 'plain small' }, table));
}

/** Where bytes go: RAM and flash as stacked bars, a chart per model, kind of memory and order of magnitude. */
export function bytesSection(report: BenchReport): string {
  const kinds = (['ram', 'flash'] as const).flatMap((what) => {
    const title = what === 'ram' ? 'RAM' : 'Flash';
    const groups = alike(stacksOf(report.devices, what)).flatMap((group, g) => stackGroup(report, group, { id: `${what}-${g}`, title }));
    return groups.length === 0 ? [] : [element('h3', {}, title), ...groups];
  });
  return kinds.join('');
}

/** Bars that share their axis' magnitude and their colours, by model. */
function stackGroup(
  report: BenchReport,
  group: readonly Stack[],
  { id, title }: { readonly id: string; readonly title: string },
): string[] {
  const names = partNames(group);
  const colours = new Map<string, string[]>();
  for (const n of names) colours.set(partColour(names, n), [...(colours.get(partColour(names, n)) ?? []), n]);
  const keys = [...colours].map(([colour, of]) => swatch(colour, of.length > 1 ? `other (${of.join(', ')})` : of[0]));
  const limits = group.some((s) => s.available !== undefined) ? [swatch('limit', 'end of the device’s memory')] : [];
  const figures = byModel(report).flatMap(({ path, name }, m) => {
    const stacks = group.filter((s) => s.model === path);
    const chart = { id: `${id}-${m}`, width: narrow, title: `${name}: what takes ${title}` };
    return stacks.length === 0 ? [] : [figure(escaped(name), [stackChart(stacks, names, chart)])];
  });
  return [legend([...keys, ...limits]), element('div', { class: 'grid' }, figures)];
}
