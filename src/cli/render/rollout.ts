import type { DeviceReport, DeviceStatus, RolloutReport } from '../../deploy/rollout/types.js';
import { short } from './bundle.js';
import type { Style } from './style.js';
import { bytes, plural, printable, seconds, table, wrap } from './text.js';

/** Statuses as marks and words. */
export const marks: Readonly<Record<DeviceStatus, readonly [mark: string, word: string]>> = {
  updated: ['✓', 'updated'],
  unchanged: ['✓', 'unchanged'],
  'rolled-back': ['↩', 'rolled back'],
  failed: ['✗', 'failed'],
  refused: ['✗', 'refused'],
  offline: ['·', 'offline'],
  pending: ['·', 'not reached'],
};

export const paint = (status: DeviceStatus, style: Style): ((text: string) => string) =>
  status === 'updated' || status === 'unchanged' ? style.good : status === 'offline' || status === 'pending' ? style.warn : style.bad;

/** The table at the end of a rollout: a line per device, whys below it, then what to do. */
export function renderRollout(report: RolloutReport, style: Style, width = 100): string[] {
  const { bundle, devices, kind, name } = report;
  const what = bundle ? `${bundle.name} ${bundle.version} ${style.dim(short(bundle.digest))}` : `${name}, back`;
  const many = devices.length > 40;
  const bad = devices.filter((d) => d.status !== 'updated' && d.status !== 'unchanged');
  const shown = many ? bad.slice(0, 40) : devices;
  const left = bad.length - shown.length;
  return [
    `${style.bold(kind === 'deploy' ? 'deployed' : 'rolled back')} ${what}`,
    '',
    ...shown.flatMap((d, i) => deviceLines(d, i, shown, style, width)),
    ...(many && left > 0 ? [`  … and ${left} more, all in --json`] : []),
    ...(shown.length > 0 ? [''] : []),
    ...totals(report, style),
    ...warningLines(devices, width).map(style.dim),
    ...(report.stopped !== undefined ? wrap(`  stopped: ${printable(report.stopped)}`, width, '', '  ').map(style.bad) : []),
    ...(report.exit_code === 0 ? [] : [`  'edgeml fleet resume ${report.run}' does what is left.`]),
  ];
}

function deviceLines(device: DeviceReport, i: number, all: readonly DeviceReport[], style: Style, width: number): string[] {
  const rows = all.map((d) => [
    `${marks[d.status][0]} ${d.name}`,
    marks[d.status][1],
    change(d),
    moved(d),
    d.tries > 0 ? seconds(d.seconds) : '',
  ]);
  const line = table(rows, [{}, {}, {}, { right: true }, { right: true }])[i];
  const why = device.why === undefined ? [] : wrap(printable(device.why), width, '      ', '      ');
  return [paint(device.status, style)(line), ...why.map(style.dim)];
}

/** The same is often to be said of many devices: once, with how many. */
function warningLines(devices: readonly DeviceReport[], width: number): string[] {
  const counts = new Map<string, number>();
  for (const warning of devices.flatMap((d) => d.warnings)) counts.set(warning, (counts.get(warning) ?? 0) + 1);
  return [...counts].flatMap(([warning, n]) => wrap(printable(`${plural(n, 'device')}: ${warning}`), width, '  ', '  '));
}

const change = ({ from, to, status }: DeviceReport): string => {
  if (to === undefined) return '';
  if (status === 'unchanged') return short(to);
  if (status === 'rolled-back') return `${short(to)} → ${from ? short(from) : 'nothing'}`;
  return `${from ? short(from) : 'nothing'} → ${short(to)}`;
};

const moved = ({ sent_bytes: sent, reused_bytes: reused, status }: DeviceReport): string =>
  status !== 'updated' && sent === 0 ? '' : `${bytes(sent)} sent${reused > 0 ? `, ${bytes(reused)} there` : ''}`;

/** "97 updated, 2 failed, 1 offline · 12.3 MB sent, 81.2 MB there already (87 %) · 41.2 s". */
function totals({ devices, seconds: s, journal }: RolloutReport, style: Style): string[] {
  const counts = (Object.keys(marks) as DeviceStatus[]).flatMap((status) => {
    const n = devices.filter((d) => d.status === status).length;
    return n > 0 ? [paint(status, style)(`${n} ${marks[status][1]}`)] : [];
  });
  const sum = (pick: (d: DeviceReport) => number): number => devices.reduce((total, d) => total + pick(d), 0);
  const [sent, reused, resumed] = [sum((d) => d.sent_bytes), sum((d) => d.reused_bytes), sum((d) => d.resumed_bytes)];
  const saved = reused + resumed;
  const data = [
    `${bytes(sent)} sent`,
    ...(saved > 0 ? [`${bytes(saved)} there already (${Math.round((100 * saved) / (saved + sent))} %)`] : []),
  ];
  return [
    `  ${plural(devices.length, 'device')}: ${counts.join(', ')} · ${data.join(', ')} · ${seconds(s)}`,
    style.dim(`  journal ${journal}`),
  ];
}
