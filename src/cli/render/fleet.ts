import type { RolloutReport } from '../../deploy/rollout/types.js';
import type { DeviceState, StatusReport } from '../../deploy/status.js';
import { short } from './bundle.js';
import type { Style } from './style.js';
import { bytes, elide, fields, plural, printable, table, wrap } from './text.js';

const words: Readonly<Record<DeviceState['state'], string>> = {
  ...{ works: '✓', interrupted: '! switch cut short', switching: '▸ switching', empty: '· nothing deployed' },
  ...{ broken: '✗ current points nowhere', refused: '✗ refused', offline: '· offline' },
};

/** Less free space than this is worth a word. */
const little = 100e6;

/** A line per device: what is on it, since when, and what is wrong. Times are UTC. */
export function renderStatus({ name, devices }: StatusReport, style: Style, width = 100, quiet = false): string[] {
  if (quiet) return devices.map((d) => fields([d.name, d.state, d.digest ?? '']));
  const rows = devices.map((d) => [
    elide(d.name, 26),
    words[d.state],
    d.version ?? '',
    d.digest ? short(d.digest) : '',
    d.since ? `since ${utc(d.since)}` : '',
    d.free_bytes !== undefined && (d.free_bytes < little || width >= 100) ? `${bytes(d.free_bytes)} free` : '',
  ]);
  const lines = table(rows);
  return [
    style.bold(name),
    '',
    ...devices.flatMap((d, i) => [
      d.state === 'works' ? lines[i] : d.state === 'offline' || d.state === 'empty' ? style.warn(lines[i]) : style.bad(lines[i]),
      ...remarks(d).flatMap((text) => wrap(printable(text), width, '      ', '      ').map((line) => style.dim(line))),
    ]),
    '',
    ...wrap(`${plural(devices.length, 'device')}: ${counts(devices)}`, width, '  ', '    '),
  ];
}

const remarks = (d: DeviceState): string[] =>
  [
    d.why,
    d.others?.length ? `also there: ${d.others.map((o) => `${o.version ?? '?'} ${short(o.digest)}`).join(', ')}` : '',
    d.last_failure && `last: ${d.last_failure}`,
    d.locked_by && `locked by ${d.locked_by}`,
  ].filter((text): text is string => text !== undefined && text !== '');

/** "4 with 1.2.0 3f2a…, 1 empty, 1 offline". */
function counts(devices: readonly DeviceState[]): string {
  const groups = new Map<string, number>();
  const add = (key: string): void => void groups.set(key, (groups.get(key) ?? 0) + 1);
  for (const d of devices)
    add(
      d.digest ? `with ${d.version ?? '?'} ${short(d.digest)}` : ({ empty: 'without it', broken: 'broken' }[d.state as 'empty'] ?? d.state),
    );
  return [...groups].map(([what, n]) => `${n} ${printable(what)}`).join(', ');
}

/** ISO 8601 to minutes, marked: devices and people are in many places. */
const utc = (iso: string): string => iso.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, 'Z');

export type Past = RolloutReport & { readonly running: boolean; readonly ended: boolean };

/** Rollouts, the newest first. */
export function renderHistory(runs: readonly Past[], state: string, style: Style): string[] {
  if (runs.length === 0) return [`There is no rollout in ${state} yet.`];
  const rows = runs.map((r) => {
    const good = r.devices.filter((d) => d.status === 'updated' || d.status === 'unchanged').length;
    const word = r.running
      ? 'under way'
      : !r.ended
        ? 'cut short'
        : r.exit_code === 0
          ? 'done'
          : r.stopped !== undefined
            ? 'stopped'
            : 'in part';
    const what = r.bundle ? `${r.bundle.name} ${r.bundle.version}` : `${r.name}, rolled back`;
    return [r.run, what, utc(r.started).replace('Z', ''), `${good}/${r.devices.length}`, word];
  });
  const lines = table([['run', 'bundle', 'begun (UTC)', 'devices', ''], ...rows], [{ style: style.bold }, {}, {}, { right: true }]);
  return [style.dim(lines[0]), ...lines.slice(1)];
}
