import type { DeviceResult, Source } from '../../bench/types.js';
import { count, energy, latency, shortMemory } from '../../report/format.js';
import { type ModelResults, obstacles, runtimeShort, type Use, uses } from '../../report/names.js';
import type { Style } from './style.js';
import { printable, table, wrap } from './text.js';

/** Marks before figures that were not measured on the device itself. */
export const sourceMarks: Readonly<Record<Source, string>> = { estimated: '~', emulated: '*', published: '^', measured: ' ' };

/** "pico, CMSIS-NN". */
export const nameOf = (r: DeviceResult): string => printable(`${r.device}, ${runtimeShort[r.runtime]}`);

/** A value that is not known. */
export const unknown = '·';

/** Latency; where only instructions were counted, those. */
export function showLatency(r: DeviceResult): string {
  const shown = r.latency_ms ? latency(r.latency_ms) : r.instructions !== undefined ? `${count(r.instructions)} instr.` : undefined;
  return shown === undefined ? ` ${unknown}` : `${sourceMarks[r.source]}${shown}`;
}

interface Wishes {
  readonly rank?: boolean;
  readonly width: number;
}

/** One model's results, a row for each device and runtime; `✓` or `✗` in the margin. Shares and energy give way where it is narrow. */
export function resultTable(results: readonly DeviceResult[], style: Style, { rank, width }: Wishes): string[] {
  const columns = [
    { shares: true, energy: true },
    { shares: false, energy: true },
    { shares: false, energy: false },
  ].map((wanted) => ({
    shares: wanted.shares && results.some((r) => uses(r).some((u) => u.share !== undefined)),
    energy: wanted.energy && results.some((r) => r.energy_uj !== undefined),
  }));
  const [right, dim] = [{ right: true }, { style: style.dim }];
  const drawn = columns.map(({ shares, energy: withEnergy }) => {
    let place = 0;
    const rows = results.map((r) => [
      ...(rank ? [r.fits ? String(++place) : unknown] : []),
      r.device,
      runtimeShort[r.runtime],
      showLatency(r),
      ...(withEnergy ? [r.energy_uj === undefined ? unknown : energy(r.energy_uj)] : []),
      ...memoryCells(r, shares),
    ]);
    const head = [...(rank ? ['#'] : []), 'device', 'runtime', ' latency (p10–p90)', ...(withEnergy ? ['energy'] : []), 'RAM', 'flash'];
    return table([head, ...rows], [...(rank ? [right] : []), {}, dim, {}, ...(withEnergy ? [right] : []), right, right]);
  });
  const lines = drawn.find((lines) => Math.max(...lines.map(seen)) <= width) ?? drawn[drawn.length - 1];
  return ['', ...lines.map((line, i) => (i === 0 ? style.dim(line) : `${mark(results[i - 1], style)} ${line.slice(2)}`))];
}

const mark = (r: DeviceResult, style: Style): string => (r.fits ? style.good('✓') : style.bad('✗'));

/** Characters a line takes on the screen, without the marks of its style. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of a terminal begin with ESC
const seen = (line: string): number => line.replace(/\u001b\[[0-9;]*m/g, '').length;

/** "22.9K   9%": used, and the share of what there is. */
function memoryCells(r: DeviceResult, shares: boolean): string[] {
  const show = (u: Use | undefined): string => {
    if (!u) return shares ? `${unknown}     ` : unknown;
    const share = u.share === undefined ? '' : `${Math.round(u.share * 100)}%`;
    return shares ? `${shortMemory(u.bytes)} ${share.padStart(4)}` : shortMemory(u.bytes);
  };
  return (['RAM', 'flash'] as const).map((what) => show(uses(r).find((u) => u.what === what)));
}

/** What keeps results from fitting: a sentence, with all results that it holds for. */
export function obstacleLines(models: readonly ModelResults[], style: Style, width: number): string[] {
  const lines = models.flatMap(({ name, results }) => {
    const whose = new Map<string, string[]>();
    for (const r of results) for (const o of obstacles(r)) whose.set(o, [...(whose.get(o) ?? []), nameOf(r)]);
    const on = models.length > 1 ? `${name} on ` : '';
    return [...whose].flatMap(([o, names]) => wrap(printable(`✗ ${on}${names.join('; ')}: ${o}`), width, '  ', '    '));
  });
  return lines.length > 0 ? ['', ...lines.map(style.bad)] : [];
}
