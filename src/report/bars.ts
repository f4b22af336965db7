import type { DeviceResult, LayerShare } from '../bench/types.js';
import { count, duration, percent } from './format.js';
import { element, elideTo, escaped, svg, text, widthOf } from './html.js';
import { layerName } from './names.js';

/** Layers that are drawn one by one; the rest, the cheapest, share a bar. */
const drawn = 24;
const rowHeight = 27;

/** Bars of one result's layers: milliseconds where they are known, multiply-accumulates otherwise. */
export interface LayerBars {
  readonly result: DeviceResult;
  readonly unit: 'ms' | 'macs';
  readonly total: number;
  readonly rows: readonly { readonly layer: LayerShare; readonly value: number }[];
}

export function layerBars(result: DeviceResult): LayerBars | undefined {
  const layers = result.layers ?? [];
  const unit = layers.some((l) => l.ms !== undefined) ? 'ms' : 'macs';
  const rows = layers.map((layer) => ({ layer, value: layer[unit] ?? 0 }));
  const total = rows.reduce((sum, r) => sum + r.value, 0);
  return total > 0 ? { result, unit, total, rows } : undefined;
}

export const showValue = (unit: LayerBars['unit'], value: number): string => (unit === 'ms' ? duration(value) : `${count(value)} MACs`);

/** Shares of operators, the largest first; what comes after the sixth is "other". */
export function operatorShares({ rows, total }: LayerBars): { readonly operator: string; readonly share: number }[] {
  const sums = new Map<string, number>();
  for (const { layer, value } of rows) sums.set(layer.operator, (sums.get(layer.operator) ?? 0) + value);
  const all = [...sums]
    .map(([operator, value]) => ({ operator, share: value / total }))
    .filter((o) => o.share > 0)
    .sort((a, b) => b.share - a.share);
  const rest = all.slice(6).reduce((sum, o) => sum + o.share, 0);
  return rest > 0 ? [...all.slice(0, 6), { operator: 'other', share: rest }] : all;
}

/** One bar per layer in the order of execution, coloured by operator, with name and value above it. */
export function layerChart(
  bars: LayerBars,
  { id, width, name }: { readonly id: string; readonly width: number; readonly name: string },
): string {
  const { rows, unit, total } = bars;
  const operators = operatorShares(bars).map((o) => o.operator);
  const colour = (operator: string): string => `p${Math.max(0, operators.includes(operator) ? operators.indexOf(operator) : 6)}`;
  const kept = new Set(rows.toSorted((a, b) => b.value - a.value).slice(0, rows.length > drawn + 1 ? drawn : rows.length));
  const shown = rows
    .filter((r) => kept.has(r))
    .map((r) => ({ label: layerName(r.layer.name), operator: r.layer.operator, value: r.value }));
  const rest = rows.filter((r) => !kept.has(r));
  if (rest.length > 0) shown.push({ label: `${rest.length} more layers`, operator: '', value: rest.reduce((sum, r) => sum + r.value, 0) });
  const longest = Math.max(...shown.map((s) => s.value));
  const top = shown.toSorted((a, b) => b.value - a.value)[0];
  const content = shown.flatMap((s, i) => {
    const y = i * rowHeight;
    const value = `${showValue(unit, s.value)} · ${percent(s.value / total)}`;
    const title = `${s.label}${s.operator && ` (${s.operator})`}: ${value}`;
    const room = width - widthOf(value) - 12;
    const label = elideTo(s.label, room);
    const left = room - widthOf(label) - 8;
    return [
      element('text', { x: 0, y: y + 11, class: 'label strong' }, [
        escaped(label),
        left > 50 && s.operator ? element('tspan', { class: 'tick', dx: 8 }, escaped(elideTo(s.operator, left))) : '',
      ]),
      text(width, y + 11, value, { class: 'label num', 'text-anchor': 'end' }),
      element('rect', { x: 0, y: y + 15, width, height: 6, rx: 1.5, class: 'track' }),
      element(
        'rect',
        {
          x: 0,
          y: y + 15,
          width: Math.max(0.5, (s.value / longest) * width),
          height: 6,
          rx: 1.5,
          class: `bar ${s.operator ? colour(s.operator) : 'p6'}`,
        },
        element('title', {}, escaped(title)),
      ),
    ];
  });
  const description = `${rows.length} layers, ${showValue(unit, total)} in all; the most goes to ${top.label}: ${percent(top.value / total)}. The table below lists all of them.`;
  return svg({ id, width, height: shown.length * rowHeight, title: `${name}: where the time goes, layer by layer`, description }, content);
}
