import { round } from './format.js';
import { element, pixels, text, widthOf } from './html.js';
import type { Interval, Scale } from './scales.js';

/** The rectangle of a chart in which data is drawn, in pixels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  element('line', { x1, y1, x2, y2, class: kind });

/** Lines across the plot with their values on the left, and the axis' title above them. */
export function leftAxis(plot: Plot, scale: Scale, show: (value: number) => string, title: string): string[] {
  return [
    ...scale.ticks.flatMap((tick) => {
      const y = scale.at(tick);
      return [
        line(plot.left, y, plot.right, y, tick === 0 ? 'axis' : 'grid'),
        text(plot.left - 6, y + 3.5, round(show(tick)), { class: 'tick', 'text-anchor': 'end' }),
      ];
    }),
    text(0, plot.top - 12, title, { class: 'label' }),
  ];
}

/** Values below the plot, those that would touch their neighbour left out, and the axis' title under them. */
export function bottomAxis(plot: Plot, scale: Scale, show: (value: number) => string, title: string): string[] {
  let free = Number.NEGATIVE_INFINITY;
  const ticks = scale.ticks.flatMap((tick) => {
    const [x, label] = [scale.at(tick), round(show(tick))];
    const half = widthOf(label) / 2;
    if (x - half < free) return [];
    free = x + half + 8;
    return [line(x, plot.bottom, x, plot.bottom + 4, 'axis'), text(x, plot.bottom + 16, label, { class: 'tick', 'text-anchor': 'middle' })];
  });
  return [
    line(plot.left, plot.bottom, plot.right, plot.bottom, 'axis'),
    ...ticks,
    text(plot.right, plot.bottom + 32, title, { class: 'label', 'text-anchor': 'end' }),
  ];
}

/** Rows for labels along a line, so that none overlaps another in its row. Each label is centred at `x` and kept within the interval. */
export function rows(
  labels: readonly { readonly x: number; readonly width: number }[],
  [from, to]: Interval,
): { readonly row: number; readonly x: number }[] {
  const ends: number[] = [];
  const placed = new Array<{ row: number; x: number }>(labels.length);
  for (const i of labels.map((_, i) => i).sort((a, b) => labels[a].x - labels[b].x)) {
    const half = labels[i].width / 2;
    const x = Math.max(from + half, Math.min(to - half, labels[i].x));
    let row = ends.findIndex((end) => end + 8 <= x - half);
    if (row < 0) row = ends.length;
    ends[row] = x + half;
    placed[i] = { row, x };
  }
  return placed;
}

/** The outline of a mark of about 9 pixels; each runtime has a shape and a colour, so that neither is needed alone. */
export function mark(shape: number, x: number, y: number, kind: string, title: string): string {
  const r = 4.5;
  const p = (...points: (readonly [number, number])[]): string =>
    `M${points.map(([a, b]) => `${pixels(x + a * r)} ${pixels(y + b * r)}`).join('L')}Z`;
  const shapes = [
    () => `M${pixels(x - r)} ${pixels(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
    () => p([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]),
    () => p([0, -1.15], [1.1, 0.85], [-1.1, 0.85]),
    () => p([0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]),
    () => p([0, 1.15], [1.1, -0.85], [-1.1, -0.85]),
    () => p([-0.5, -1.1], [0.5, -1.1], [1.1, 0], [0.5, 1.1], [-0.5, 1.1], [-1.1, 0]),
    () =>
      p(
        [-1.1, -0.4],
        [-0.4, -0.4],
        [-0.4, -1.1],
        [0.4, -1.1],
        [0.4, -0.4],
        [1.1, -0.4],
        [1.1, 0.4],
        [0.4, 0.4],
        [0.4, 1.1],
        [-0.4, 1.1],
        [-0.4, 0.4],
        [-1.1, 0.4],
      ),
  ];
  return element('path', { d: shapes[shape % shapes.length](), class: kind }, title);
}
