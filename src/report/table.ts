import { type BenchReport, type DeviceResult, runtimeTitles } from '../bench/types.js';
import { energy, latency, latencyParts, memory, percent, rate, round } from './format.js';
import { element, escaped } from './html.js';
import { absent, byModel, type ModelResults, obstacles, sourceMeaning, type Use, uses } from './names.js';
import { linear, logarithmic, needsLog, type Scale } from './scales.js';

interface Heading {
  readonly label: string;
  /** Name of the column where rows can be sorted by it. */
  readonly key: string;
  readonly right?: boolean;
}

const headings: readonly Heading[] = [
  { label: 'Device', key: 'device' },
  { label: 'Runtime', key: 'runtime' },
  { label: 'Fits', key: 'fits' },
  { label: 'Latency', key: 'latency' },
  { label: 'Energy', key: 'energy', right: true },
  { label: 'RAM', key: 'ram', right: true },
  { label: 'Flash', key: 'flash', right: true },
  { label: 'Source', key: 'source' },
];

/** The comparison: a row per model, device and runtime; on a phone each row becomes a card. */
export function comparisonTable(report: BenchReport): string {
  const values = report.devices.flatMap(({ latency_ms: l }) => (l ? [l.p10, l.p50, l.p90] : []));
  const log = needsLog(values);
  const scale = values.length === 0 ? undefined : log ? logarithmic(values, [0, 100]) : linear(Math.max(...values), [0, 100]);
  if (report.devices.length === 0) return '';
  const groups = byModel(report).filter((m) => m.results.length > 0);
  const head = headings.map(({ label, key, right }) =>
    element('th', { scope: 'col', 'data-key': key, class: right ? 'right' : undefined }, [
      label,
      key === 'latency' ? element('small', {}, ` p10 – p50 – p90${log ? ', log scale' : ''}`) : '',
    ]),
  );
  const table = element('table', { class: 'comparison' }, [
    element('thead', {}, element('tr', {}, head)),
    ...groups.map((m) => element('tbody', {}, [groupRow(m), ...m.results.map((r) => row(r, scale))])),
  ]);
  return element('div', { class: 'scroll' }, table);
}

function groupRow({ name, facts }: ModelResults): string {
  const about = facts ? element('small', {}, ` ${memory(facts.size)}`) : '';
  return element('tr', { class: 'group' }, element('th', { colspan: headings.length, scope: 'rowgroup' }, [escaped(name), about]));
}

interface Cell {
  readonly content: string;
  /** What the column is sorted by. */
  readonly sort?: number | string;
  readonly empty?: boolean;
}

function row(r: DeviceResult, scale: Scale | undefined): string {
  if (absent(r)) return absentRow(r);
  const [ram, flash] = (['RAM', 'flash'] as const).map((what) => uses(r).find((u) => u.what === what));
  const used = (u: typeof ram): Cell =>
    u
      ? {
          content: [memory(u.bytes), u.available ? room(u, u.available) : ''].join(' '),
          sort: u.bytes,
        }
      : nothing;
  const cells: readonly Cell[] = [
    { content: escaped(r.device), sort: r.device },
    { content: runtimeCell(r), sort: r.runtime },
    { content: fitCell(r), sort: r.fits ? 0 : 1 },
    r.latency_ms ? { content: latencyCell(r.latency_ms, scale), sort: r.latency_ms.p50 } : nothing,
    r.energy_uj === undefined ? nothing : { content: energy(r.energy_uj), sort: r.energy_uj },
    used(ram),
    used(flash),
    { content: sourceBadge(r), sort: r.source },
  ];
  const written = cells.map((c, i) => {
    const kind = [headings[i].key, headings[i].right ? 'right' : '', c.empty ? 'empty' : ''].filter(Boolean).join(' ');
    return element(
      i === 0 ? 'th' : 'td',
      {
        scope: i === 0 ? 'row' : undefined,
        class: kind,
        'data-label': headings[i].label,
        'data-sort': c.sort,
      },
      c.content,
    );
  });
  return element('tr', { class: r.fits ? undefined : 'misfit' }, written);
}

/** A result of which there is only the reason why there is none: the reason takes the place of the figures. */
function absentRow(r: DeviceResult): string {
  const why = obstacles(r)
    .map((o) => escaped(o))
    .join(' ');
  return element('tr', { class: 'misfit' }, [
    element('th', { scope: 'row', class: 'device', 'data-sort': r.device }, escaped(r.device)),
    element('td', { class: 'runtime', 'data-sort': r.runtime }, runtimeCell(r)),
    element('td', { class: 'fits', 'data-sort': 2 }, '<span class="no">✗ does not run</span>'),
    element('td', { class: 'why', colspan: headings.length - 3 }, element('small', {}, why)),
  ]);
}

/** Breaks before a plus and not after the hyphen of ESP-NN. */
const runtimeCell = (r: DeviceResult): string => runtimeTitles[r.runtime].replace(/\+ .*/, '<span class="whole">$&</span>');

/** By how much it fits, or does not. */
const room = ({ bytes }: Use, available: number): string =>
  bytes > available
    ? element(
        'small',
        { class: 'over', title: `${percent(bytes / available)} of ${round(memory(available))}` },
        `${memory(bytes - available)} too much`,
      )
    : element('small', { title: `${percent(bytes / available)} of ${round(memory(available))}` }, `${memory(available - bytes)} free`);

const nothing: Cell = { content: '<span class="none" aria-label="unknown">–</span>', empty: true };

function fitCell(r: DeviceResult): string {
  if (r.fits) return '<span class="yes">✓ fits</span>';
  const why = obstacles(r).map((o) => element('small', {}, escaped(o)));
  return `<span class="no">✗ does not fit</span>${why.join('')}`;
}

/** The middle in figures, and a bar from p10 to p90 with a mark at p50 on the scale that all rows share. */
function latencyCell(l: NonNullable<DeviceResult['latency_ms']>, scale: Scale | undefined): string {
  const [middle, range] = latencyParts(l);
  const place = (ms: number): number => Math.max(0, Math.min(100, scale?.at(ms) ?? 0));
  const [from, to] = [place(l.p10), place(l.p90)].map((x) => Math.round(x * 10) / 10);
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, [
    element('i', { style: `left:${from}%;width:${Math.round((to - from) * 10) / 10}%` }),
    element('b', { style: `left:${Math.round(place(l.p50) * 10) / 10}%` }),
  ]);
  const figures = element('span', { class: 'figures', title: `${latency(l)}, ${rate(l.p50)}` }, [
    element('strong', {}, middle),
    l.p10 === l.p90 ? '' : element('small', {}, range),
  ]);
  return figures + bar;
}

const sourceBadge = ({ source, how }: DeviceResult): string =>
  element('span', { class: `badge ${source}`, title: how ?? sourceMeaning[source] }, source);
