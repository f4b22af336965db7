import type { DeviceResult } from '../../bench/types.js';
import { count, duration, percent, shortMemory } from '../../report/format.js';
import { layerName, type ModelResults } from '../../report/names.js';
import { nameOf } from './bench-table.js';
import type { Style } from './style.js';
import { bar, elide, printable, table } from './text.js';

const barWidth = 8;
/** Names of layers are cut to what is left of the width, but not below this. */
const leastName = 12;

/** Where the time and the memory peak of each result go, layer by layer. */
export const layerTables = (models: readonly ModelResults[], style: Style, width: number): string[] =>
  models.flatMap(({ name, results }) =>
    results.flatMap((r, i) => {
      const layers = r.layers ?? [];
      if (layers.length === 0) return [];
      // Without times a model's results differ in nothing that is shown.
      if (!timed(r) && results.slice(0, i).some((before) => before.layers?.length && !timed(before))) return [];
      const title = `${name} on ${nameOf(r)}`;
      return ['', `  ${style.bold(printable(title))}`, ...layerTable(r, style, width)];
    }),
  );

const timed = (r: DeviceResult): boolean => r.layers?.some((l) => l.ms !== undefined) ?? false;

function layerTable(r: DeviceResult, style: Style, width: number): string[] {
  const layers = r.layers ?? [];
  const work = layers.map((l) => (timed(r) ? l.ms : l.macs) ?? 0);
  const total = work.reduce((sum, w) => sum + w, 0);
  const longest = Math.max(...work);
  const peak = Math.max(...layers.map((l) => l.live_bytes ?? 0));
  const first = layers.findIndex((l) => l.live_bytes === peak);
  const rest = layers.map((l, i) => [
    elide(l.operator, 16),
    l.macs === 0 ? '·' : count(l.macs),
    ...(timed(r) ? [l.ms === undefined ? '·' : duration(l.ms)] : []),
    total > 0 ? percent(work[i] / total) : '',
    longest > 0 ? bar(work[i] / longest, barWidth).padEnd(barWidth) : '',
    ...(peak > 0 ? [l.live_bytes === undefined ? '·' : shortMemory(l.live_bytes), i === first ? 'peak' : ''] : []),
  ]);
  const head = ['operator', 'MACs', ...(timed(r) ? ['time'] : []), 'share', '', ...(peak > 0 ? ['alive', ''] : [])];
  const taken = head.reduce((sum, h, i) => sum + 2 + Math.max(h.length, ...rest.map((row) => row[i].length)), 2);
  const room = Math.max(leastName, width - taken);
  const right = { right: true };
  const columns = [{}, { style: style.dim }, right, ...(timed(r) ? [right] : []), right, {}, right, { style: style.warn }];
  const rows = layers.map((l, i) => [elide(layerName(l.name), room), ...rest[i]]);
  return table([['layer', ...head], ...rows], columns).map((line, i) => (i === 0 ? style.dim(line) : line));
}
