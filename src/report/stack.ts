import type { BytesPart, DeviceResult } from '../bench/types.js';
import { line } from './axes.js';
import { memory, round } from './format.js';
import { element, elideTo, escaped, svg, text, widthOf } from './html.js';
import { runtimeShort } from './names.js';

/** A stacked bar: what takes the bytes, and what there is. */
export interface Stack {
  readonly model: string;
  readonly label: string;
  readonly parts: readonly BytesPart[];
  readonly total: number;
  readonly available?: number;
}

const rowHeight = 36;
/** Bars of one chart are at most this far apart: a microcontroller's would vanish beside a computer's. */
const farthest = 48;
/** Colours there are for parts; the last one stands for all that remain. */
const colours = 7;

/** Stacks of the results that know their parts, RAM or flash. */
export const stacksOf = (results: readonly DeviceResult[], what: 'ram' | 'flash'): Stack[] =>
  results.flatMap((r) => {
    const parts = what === 'ram' ? r.ram_parts : r.flash_parts;
    const total = what === 'ram' ? r.ram_bytes : r.flash_bytes;
    if (!parts?.length || total === undefined) return [];
    const available = what === 'ram' ? r.ram_available_bytes : r.flash_available_bytes;
    return [{ model: r.model, label: `${r.device}, ${runtimeShort[r.runtime]}`, parts, total, available }];
  });

/** Groups that share an axis, from small to large, each in the order given. */
export function alike(stacks: readonly Stack[]): Stack[][] {
  const groups: Stack[][] = [];
  let start = Number.NaN;
  for (const s of stacks.toSorted((a, b) => a.total - b.total)) {
    if (s.total <= start * farthest) groups[groups.length - 1].push(s);
    else {
      groups.push([s]);
      start = Math.max(1, s.total);
    }
  }
  return groups.map((g) => stacks.filter((s) => g.includes(s)));
}

/** Names of parts, those that take the largest shares of their bars first: their places are their colours. */
export function partNames(stacks: readonly Stack[]): string[] {
  const sums = new Map<string, number>();
  for (const { parts, total } of stacks) for (const p of parts) sums.set(p.what, (sums.get(p.what) ?? 0) + p.bytes / Math.max(1, total));
  return [...sums].sort((a, b) => b[1] - a[1]).map(([what]) => what);
}

export const partColour = (names: readonly string[], what: string): string => `p${Math.min(colours - 1, names.indexOf(what))}`;

/** Stacked bars from 0, with a line where the device's memory ends if that is near. */
export function stackChart(
  stacks: readonly Stack[],
  names: readonly string[],
  { id, width, title }: { readonly id: string; readonly width: number; readonly title: string },
): string {
  const largest = Math.max(...stacks.map((s) => s.total));
  const limits = stacks.flatMap((s) => (s.available !== undefined && s.available <= largest * 3 ? [s.available] : []));
  const domain = Math.max(largest, ...limits, 1);
  const scale = (width - 2) / domain;
  const content = stacks.flatMap((s, i) => {
    const y = i * rowHeight;
    const over = s.available !== undefined && s.total > s.available;
    const value =
      s.available === undefined ? memory(s.total) : `${memory(s.total)} of ${round(memory(s.available))}${over ? ', too much' : ''}`;
    const near = s.available !== undefined && s.available <= domain;
    let start = 0;
    return [
      text(0, y + 11, elideTo(s.label, width - widthOf(value) - 12), { class: 'label strong' }),
      text(width, y + 11, value, { class: `label num${over ? ' bad' : ''}`, 'text-anchor': 'end' }),
      // A memory that goes on beyond the chart would look like one that ends with it.
      near ? element('rect', { x: 0, y: y + 16, width: (s.available ?? 0) * scale, height: 11, class: 'track' }) : '',
      ...s.parts.map((p) => {
        const at = start * scale;
        start += p.bytes;
        const kind = `bar ${partColour(names, p.what)}`;
        return element(
          'rect',
          { x: at, y: y + 16, width: Math.max(0, p.bytes * scale - 0.75), height: 11, class: kind },
          element('title', {}, escaped(`${p.what}: ${memory(p.bytes)}`)),
        );
      }),
      near && s.available !== undefined ? line(s.available * scale, y + 13, s.available * scale, y + 30, over ? 'limit bad' : 'limit') : '',
    ];
  });
  const description = `${stacks.map((s) => `${s.label}: ${memory(s.total)} (${s.parts.map((p) => `${p.what} ${memory(p.bytes)}`).join(', ')})`).join('; ')}.`;
  return svg({ id, width, height: stacks.length * rowHeight - 4, title, description }, content);
}
