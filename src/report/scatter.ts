import { type BenchReport, type DeviceResult, runtimes } from '../bench/types.js';
import { bottomAxis, leftAxis, line, mark, type Plot, rows } from './axes.js';
import { duration, latency, memory } from './format.js';
import { element, escaped, pixels, svg, text, widthOf } from './html.js';
import { byModel, runtimeShort } from './names.js';
import { binaryStep, linear, logarithmic, needsLog, type Scale, spread } from './scales.js';

interface Point {
  readonly x: number;
  readonly result: DeviceResult & { readonly latency_ms: NonNullable<DeviceResult['latency_ms']> };
  readonly model: string;
}

/** Points of one device with one runtime, from the smallest model to the largest. */
interface Series {
  readonly shape: number;
  readonly points: readonly Point[];
  /** Pixels to the side: series stand beside each other, so that their ranges do not hide each other. */
  readonly shift: number;
}

const lineHeight = 13;
/** Lines of names of models above the plot, at most. */
const nameRows = 5;

/** Whether there is a result with a latency to draw. */
export const hasLatency = (report: BenchReport): boolean => seriesOf(report).length > 0;

function seriesOf(report: BenchReport): Series[] {
  const all = byModel(report).flatMap(({ name, facts, results }) =>
    results.flatMap((r): Point[] => (r.latency_ms && facts ? [{ x: facts.size, model: name, result: r as Point['result'] }] : [])),
  );
  const keyOf = ({ result: r }: Point): string => `${r.device}\n${r.runtime}`;
  const groups = new Map<string, Point[]>();
  for (const point of all) groups.set(keyOf(point), [...(groups.get(keyOf(point)) ?? []), point]);
  return [...groups.values()].map((points) => ({
    shape: runtimes.indexOf(points[0].result.runtime),
    points: points.toSorted((a, b) => a.x - b.x),
    shift: 0,
  }));
}

/** Sizes of models along the bottom. */
export const sizeScale = (sizes: readonly number[], plot: Pick<Plot, 'left' | 'right'>): Scale => {
  const range = [plot.left, plot.right] as const;
  const ticks = (plot.right - plot.left) / 70;
  // Models of one size stand in the middle.
  if (new Set(sizes).size === 1) return { at: () => (plot.left + plot.right) / 2, ticks: sizes.slice(0, 1), logarithmic: false };
  return needsLog(sizes)
    ? logarithmic(sizes, [plot.left + 20, plot.right - 12], ticks)
    : linear(Math.max(...sizes), range, Math.max(3, ticks), binaryStep, true);
};

/** Names of models for above the plot, over their points, in as many lines as keep them apart; of very many, the first lines. */
function placeNames(
  models: readonly { readonly name: string; readonly size: number }[],
  x: Scale,
  { left, right }: Pick<Plot, 'left' | 'right'>,
) {
  const room = right - left > 500 ? 240 : 150;
  const places = rows(
    models.map((m) => ({ x: x.at(m.size), width: Math.min(widthOf(m.name), room) })),
    [left, right],
  );
  const shown = places.flatMap((p, i) => (p.row < nameRows ? [{ ...p, name: models[i].name }] : []));
  return {
    height: (Math.max(...shown.map((p) => p.row)) + 1) * lineHeight,
    draw: (base: number): string[] =>
      shown.map((p) => text(p.x, base - p.row * lineHeight, p.name, { class: 'label strong', 'text-anchor': 'middle', room })),
  };
}

/** Latency against the size of the model: a line per device and runtime, a mark per model, and the range from p10 to p90. */
export function latencyChart(report: BenchReport, width: number): string {
  const models = byModel(report).flatMap((m) => (m.facts ? [{ name: m.name, size: m.facts.size }] : []));
  const narrow = width < 600;
  const found = seriesOf(report);
  const nameOf = ({ points: [p] }: Series): string => (narrow ? p.result.device : `${p.result.device}, ${runtimeShort[p.result.runtime]}`);
  // Names are bold, a sixth wider than other text.
  const room = Math.min(narrow ? 92 : 200, Math.max(...found.map((s) => widthOf(nameOf(s)))) + 1);
  const margin = room * 1.17 + 18;
  const frame = { left: 50, right: width - margin };
  const sizes = models.map((m) => m.size);
  const series = sideBySide(found, new Set(sizes).size === 1 ? frame.right - frame.left : 26);
  const names = placeNames(models, sizeScale(sizes, frame), frame);
  const top = 24 + names.height;
  const plot = { ...frame, top, bottom: top + (narrow ? 330 : 380) };
  const x = sizeScale(sizes, plot);
  const values = series.flatMap((s) => s.points.flatMap(({ result: { latency_ms: l } }) => [l.p10, l.p50, l.p90]));
  const y = needsLog(values) ? logarithmic(values, [plot.bottom, plot.top], 7) : linear(Math.max(...values), [plot.bottom, plot.top]);
  const title = 'Latency against model size';
  return svg({ id: `latency-${width}`, width, height: plot.bottom + 40, title, description: describe(series, y.logarithmic) }, [
    ...leftAxis({ ...plot, top: 24 }, y, duration, y.logarithmic ? 'latency (log scale)' : 'latency'),
    ...bottomAxis(plot, x, memory, 'model size'),
    ...models.map((m) => line(x.at(m.size), top - 4, x.at(m.size), plot.bottom, 'guide')),
    ...names.draw(top - 9),
    ...series.flatMap((s) => drawSeries(s, x, y)),
    ...endLabels(series, { nameOf, room }, plot, x, y),
  ]);
}

/** Spreads series over so many pixels; where there is a lot of room, from the slowest to the quickest. */
function sideBySide(series: readonly Series[], room: number): Series[] {
  const slowness = (s: Series): number => s.points[0].result.latency_ms.p50;
  const ordered = room > 26 ? series.toSorted((a, b) => slowness(b) - slowness(a)) : series;
  const step = Math.min(room > 26 ? 44 : 4, room / (series.length + 1));
  return ordered.map((s, i) => ({ ...s, shift: (i - (series.length - 1) / 2) * step }));
}

function drawSeries({ shape, points, shift }: Series, x: Scale, y: Scale): string[] {
  const at = points.map((p) => ({ x: x.at(p.x) + shift, y: y.at(p.result.latency_ms.p50) }));
  const path = at.map((p, i) => `${i ? 'L' : 'M'}${pixels(p.x)} ${pixels(p.y)}`).join('');
  return [
    ...(points.length > 1 ? [element('path', { d: path, class: `link r${shape}` })] : []),
    ...points.flatMap(({ result: r, model }, i) => {
      const title = `${model} on ${r.device}, ${runtimeShort[r.runtime]}: ${latency(r.latency_ms)}, ${r.source}${r.fits ? '' : ', does not fit'}`;
      return [
        line(at[i].x, y.at(r.latency_ms.p10), at[i].x, y.at(r.latency_ms.p90), `range r${shape}`),
        mark(shape, at[i].x, at[i].y, `mark r${shape}${r.fits ? '' : ' hollow'}`, element('title', {}, escaped(title))),
      ];
    }),
  ];
}

/** Series whose names are shown: all where there is room to move them apart, else those that find a place where they belong. */
function named(series: readonly Series[], plot: Plot, wish: (s: Series) => number): Series[] {
  if (series.length * lineHeight <= (plot.bottom - plot.top) * 0.6) return [...series];
  const taken: number[] = [];
  return series.filter((s) => {
    const free = taken.every((y) => Math.abs(y - wish(s)) >= lineHeight);
    if (free) taken.push(wish(s));
    return free;
  });
}

/** The name of each series beside its last mark. */
function endLabels(
  series: readonly Series[],
  { nameOf, room }: { nameOf(s: Series): string; room: number },
  plot: Plot,
  x: Scale,
  y: Scale,
): string[] {
  const end = (s: Series): Point => s.points[s.points.length - 1];
  const wish = (s: Series): number => y.at(end(s).result.latency_ms.p50);
  const shown = named(series, plot, wish);
  const last = shown.map(end);
  const places = spread(shown.map(wish), lineHeight, [plot.top, plot.bottom]);
  return shown.flatMap((s, i) => {
    const [from, to] = [x.at(last[i].x) + s.shift, y.at(last[i].result.latency_ms.p50)];
    const bend = plot.right + 14;
    return [
      element('path', {
        d: `M${pixels(Math.min(from + 8, bend))} ${pixels(to)}L${pixels(plot.right)} ${pixels(to)}L${pixels(bend)} ${pixels(places[i])}`,
        class: 'leader',
      }),
      text(bend + 3, places[i] + 3.5, nameOf(s), { class: `name r${s.shape}`, room }),
    ];
  });
}

function describe(series: readonly Series[], log: boolean): string {
  const all = series.flatMap((s) => s.points).toSorted((a, b) => a.result.latency_ms.p50 - b.result.latency_ms.p50);
  const say = ({ result: r, model }: Point): string =>
    `${duration(r.latency_ms.p50)} (${model} on ${r.device}, ${runtimeShort[r.runtime]})`;
  return `${all.length} results${log ? ' on a logarithmic scale' : ''}, from ${say(all[0])} to ${say(all[all.length - 1])}. The table lists all of them.`;
}
