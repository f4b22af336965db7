import type { BenchReport } from '../bench/types.js';
import { bottomAxis, leftAxis, mark } from './axes.js';
import { memory } from './format.js';
import { element, escaped, svg, text } from './html.js';
import { byModel } from './names.js';
import { spread, window } from './scales.js';
import { sizeScale } from './scatter.js';

const lineHeight = 13;

/** Accuracy of the models against their size; for reports that hold accuracies. */
export function accuracyChart(report: BenchReport, width: number): string {
  const models = byModel(report).flatMap(({ name, facts: f }) =>
    f?.accuracy === undefined ? [] : [{ name, size: f.size, accuracy: f.accuracy }],
  );
  const plot = { left: 50, right: width - 26, top: 36, bottom: 250 };
  const x = sizeScale(
    models.map((m) => m.size),
    plot,
  );
  const y = window(
    models.map((m) => m.accuracy),
    [plot.bottom, plot.top],
  );
  const digits = y.ticks.some((t) => Math.abs(t * 100 - Math.round(t * 100)) > 1e-6) ? 1 : 0;
  const say = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const labels = models.map((m) => ({ x: x.at(m.size), y: y.at(m.accuracy), label: `${m.name} ${say(m.accuracy)}` }));
  const places = spread(
    labels.map((l) => l.y),
    lineHeight,
    [plot.top, plot.bottom - 6],
  );
  const middle = (plot.left + plot.right) / 2;
  return svg(
    {
      id: `accuracy-${width}`,
      width,
      height: plot.bottom + 40,
      title: 'Accuracy against model size',
      description: `${models.map((m) => `${m.name}: ${say(m.accuracy)}, ${memory(m.size)}`).join('; ')}.`,
    },
    [
      ...leftAxis({ ...plot, top: 24 }, y, (t) => `${(t * 100).toFixed(digits)} %`, 'accuracy'),
      ...bottomAxis(plot, x, memory, 'model size'),
      ...labels.flatMap((l, i) => {
        const left = l.x > middle;
        return [
          mark(0, l.x, l.y, 'mark m', element('title', {}, escaped(l.label))),
          text(l.x + (left ? -10 : 10), places[i] + 3.5, l.label, {
            class: 'label strong',
            'text-anchor': left ? 'end' : 'start',
            room: left ? l.x - plot.left : plot.right - l.x,
          }),
        ];
      }),
    ],
  );
}
