import type { RolloutReport } from '../../deploy/rollout/types.js';
import type { DeviceState, StatusReport } from '../../deploy/status.js';
import { short } from './bundle.js';
import type { Style } from './style.js';
import { bytes, fields, plural, printable, table, wrap } from './text.js';

const words: Readonly<Record<DeviceState['state'], string>> = {
  ...{ works: '✓', interrupted: '! switch cut short', switching: '▸ switching', empty: '· nothing deployed' },
  ...{ broken: '✗ current points nowhere', refused: '✗ refused', offline: '· offline' },
};

/** A line per device: what is on it, since when, and what is wrong. */
export function renderStatus({ name, devices }: StatusReport, style: Style, width = 100, quiet = false): string[] {
  if (quiet) return devices.map((d) => fields([d.name, d.state, d.digest ?? '']));
  const rows = devices.map((d) => [
    d.name,
    words[d.state],
    d.version ?? '',
    d.digest ? short(d.digest) : '',
    d.since ? `since ${d.since.replace('T', ' ').replace(/:\d\dZ$/, '')}` : '',
    d.others?.length ? `${d.others.length} more` : '',
    d.free_bytes === undefined ? '' : `${bytes(d.free_bytes)} free`,
  ]);
  const lines = table(rows);
  const versions = new Map<string, number>();
  for (const d of devices)
    if (d.digest) versions.set(`${d.version ?? '?'} ${short(d.digest)}`, (versions.get(`${d.version ?? '?'} ${short(d.digest)}`) ?? 0) + 1);
  return [
    style.bold(name),
    '',
    ...devices.flatMap((d, i) => [
      d.state === 'works' ? lines[i] : d.state === 'offline' || d.state === 'empty' ? style.warn(lines[i]) : style.bad(lines[i]),
      ...[d.why, d.last_failure && `last: ${d.last_failure}`, d.locked_by && `locked by ${d.locked_by}`].flatMap((text) =>
        text ? wrap(printable(text), width, '      ', '      ').map(style.dim) : [],
      ),
    ]),
    '',
    `  ${plural(devices.length, 'device')}: ${[...versions].map(([v, n]) => `${n} with ${printable(v)}`).join(', ') || 'none has it'}`,
  ];
}

type Past = RolloutReport & { readonly running: boolean; readonly ended: boolean };

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
    const what = r.bundle ? `${r.bundle.name} ${r.bundle.version}` : `${r.name}, back`;
    return [r.run, what, r.started.replace('T', ' ').slice(0, 16), `${good}/${r.devices.length}`, word];
  });
  return table(rows, [{ style: style.bold }, {}, { style: style.dim }, { right: true }]);
}
