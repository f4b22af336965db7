import type { DeviceResult } from '../bench/types.js';
import { bottomAxis, leftAxis, line, type Plot } from './axes.js';
import { memory } from './format.js';
import { element, elideTo, escaped, pixels, svg, text, widthOf } from './html.js';
import { layerName, runtimeShort } from './names.js';
import { binaryStep, linear, type Scale } from './scales.js';

/** Bytes of activations that are alive at each layer, as one or more runtimes plan them. */
export interface Course {
  readonly bytes: readonly number[];
  readonly layers: readonly string[];
  readonly result: DeviceResult;
  /** "TFLM, CMSIS-NN" where runtimes plan alike. */
  readonly label: string;
}

/** Courses that are drawn in one chart; more would hide each other. */
const shown = 3;

/** The distinct courses of a model's results; those that are alike on all devices count once. */
export function coursesOf(results: readonly DeviceResult[]): Course[] {
  const found = new Map<string, { first: DeviceResult; runtimes: Set<string> }>();
  for (const r of results) {
    if (!r.layers?.length || r.layers.some((l) => l.live_bytes === undefined)) continue;
    const key = r.layers.map((l) => l.live_bytes).join();
    const known = found.get(key);
    if (known) known.runtimes.add(runtimeShort[r.runtime]);
    else found.set(key, { first: r, runtimes: new Set([runtimeShort[r.runtime]]) });
  }
  return [...found.values()].slice(0, shown).map(({ first, runtimes }) => ({
    bytes: (first.layers ?? []).map((l) => l.live_bytes ?? 0),
    layers: (first.layers ?? []).map((l) => layerName(l.name)),
    result: first,
    label: [...runtimes].join(', '),
  }));
}

const peakOf = (bytes: readonly number[]): number => bytes.reduce((best, b, i) => (b > bytes[best] ? i : best), 0);

/** "edgeml C: at most 25.3 KiB, at conv_2". */
export function peakSentence({ bytes, layers, label }: Course): string {
  const peak = peakOf(bytes);
  return `${label}: at most ${memory(bytes[peak])}, at ${layers[peak]}`;
}

/** Memory over time: what is alive while each layer runs, in the order of execution; the first course filled, its peak marked. */
export function memoryChart(
  courses: readonly Course[],
  { id, width, name }: { readonly id: string; readonly width: number; readonly name: string },
): string {
  const plot = { left: 56, right: width - 10, top: 46, bottom: 206 };
  const count = Math.max(...courses.map((c) => c.bytes.length));
  const y = linear(Math.max(...courses.flatMap((c) => c.bytes)), [plot.bottom, plot.top], 4, binaryStep);
  const x = layerScale(count, plot);
  const [main] = courses;
  return svg(
    {
      id,
      width,
      height: plot.bottom + 40,
      title: `${name}: memory of activations over time`,
      description: `${courses.map(peakSentence).join('; ')}. ${main.bytes.length} layers.`,
    },
    [
      ...leftAxis({ ...plot, top: 24 }, y, memory, 'alive'),
      ...bottomAxis(plot, x, String, 'layer'),
      element('path', { d: `${steps(main.bytes, x, y)}V${plot.bottom}H${pixels(x.at(0.5))}Z`, class: 'area' }),
      ...courses.map((c, i) => element('path', { d: steps(c.bytes, x, y), class: `course c${i}` })),
      ...peakMark(main, x, y, plot),
      ...main.bytes.map((bytes, i) => {
        const title = element('title', {}, escaped(`${i + 1}. ${main.layers[i]}: ${memory(bytes)}`));
        const left = x.at(i + 0.5);
        return element('rect', { x: left, y: plot.top, width: x.at(i + 1.5) - left, height: plot.bottom - plot.top, class: 'hit' }, title);
      }),
    ],
  );
}

/** Layer n stands between n − ½ and n + ½. */
function layerScale(count: number, plot: Plot): Scale {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => count / s <= 8) ?? Math.ceil(count / 8);
  const ticks = [1, ...Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step).filter((n) => n > 1 && n <= count)];
  return { at: (n) => plot.left + ((n - 0.5) / count) * (plot.right - plot.left), ticks, logarithmic: false };
}

const steps = (bytes: readonly number[], x: Scale, y: Scale): string =>
  `M${pixels(x.at(0.5))} ${pixels(y.at(bytes[0]))}${bytes.map((b, i) => `V${pixels(y.at(b))}H${pixels(x.at(i + 1.5))}`).join('')}`;

function peakMark({ bytes, layers }: Course, x: Scale, y: Scale, plot: Plot): string[] {
  const peak = peakOf(bytes);
  const at = { x: x.at(peak + 1), y: y.at(bytes[peak]) };
  const label = elideTo(`peak ${memory(bytes[peak])}, ${layers[peak]}`, plot.right - plot.left);
  const half = widthOf(label) / 2;
  const middle = Math.max(plot.left + half, Math.min(plot.right - half, at.x));
  return [
    line(plot.left, at.y, plot.right, at.y, 'peak-line'),
    element('circle', { cx: at.x, cy: at.y, r: 4, class: 'peak' }),
    text(middle, plot.top - 14, label, { class: 'label strong', 'text-anchor': 'middle' }),
    line(at.x, plot.top - 10, at.x, at.y - 5, 'leader'),
  ];
}
