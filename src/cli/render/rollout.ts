import { shorten } from '../../config/file.js';
import type { DeviceReport, DeviceStatus, RolloutReport } from '../../deploy/rollout/types.js';
import type { Style } from './style.js';
import { bytes, elide, plural, printable, seconds, table, wrap } from './text.js';

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
  status === 'updated' || status === 'unchanged'
    ? style.good
    : status === 'offline'
      ? style.warn
      : status === 'pending'
        ? style.dim
        : style.bad;

/** Beyond so many devices only those that are not well are listed. */
const mostListed = 20;
/** Longer names are cut in their middle, so that a line fits eighty columns. */
const longestName = (width: number): number => (width < 100 ? 20 : 36);

export interface RolloutView {
  /** Whether a process works on it now. */
  readonly running?: boolean;
  /** Where it is written down; told in the hint where it is not in the working directory. */
  readonly state?: string;
}

/** The table at the end of a rollout: a line per device, whys below it, then what to do. */
export function renderRollout(report: RolloutReport, style: Style, width = 100, view: RolloutView = {}): string[] {
  const { devices } = report;
  const many = devices.length > mostListed;
  const shown = many ? devices.filter((d) => !isGood(d)).slice(0, 2 * mostListed) : devices;
  const left = devices.filter((d) => !isGood(d)).length - shown.length;
  return [
    headline(report, style, view),
    '',
    ...deviceLines(shown, style, width),
    ...(many && left > 0 ? [`  … and ${left} more, all in --json`] : []),
    ...(shown.length > 0 ? [''] : []),
    ...totals(report, width),
    style.dim(`  journal ${shorten(report.journal)}`),
    ...warningLines(devices, width).map((line) => style.dim(line)),
    ...(report.stopped !== undefined
      ? wrap(`stopped: ${printable(report.stopped)}`, width, '  ', '  ').map((line) => style.bad(line))
      : []),
    ...hint(report, view, width),
  ];
}

const isGood = ({ status }: DeviceReport): boolean => status === 'updated' || status === 'unchanged';

function headline({ bundle, devices, kind, name }: RolloutReport, style: Style, { running }: RolloutView): string {
  const well = devices.filter(isGood).length;
  const part = running ? 'under way' : well === devices.length ? '' : well === 0 ? 'on no device' : `on ${well} of ${devices.length}`;
  const what = bundle ? `${bundle.name} ${bundle.version} ${style.dim(shortDigest(bundle.digest, 100))}` : `${name} to the release before`;
  return `${style.bold(kind === 'deploy' ? 'deployed' : 'rolled back')}${part ? ` ${style.bold(part)}:` : ''} ${what}`;
}

/** Digests as people tell them apart. */
const shortDigest = (digest: string, width: number): string => digest.slice(0, width < 100 ? 8 : 12);

function deviceLines(devices: readonly DeviceReport[], style: Style, width: number): string[] {
  const rows = devices.map((d) => [
    `${marks[d.status][0]} ${elide(d.name, longestName(width))}`,
    marks[d.status][1],
    change(d, width),
    d.sent_bytes > 0 ? `${bytes(d.sent_bytes)} sent` : '',
    d.tries > 0 ? seconds(d.seconds) : '',
  ]);
  const lines = table(rows, [{}, {}, {}, { right: true }, { right: true }]);
  return devices.flatMap((d, i) => [
    paint(d.status, style)(lines[i]),
    ...(d.why === undefined ? [] : wrap(printable(d.why), width, '      ', '      ').map((line) => style.dim(line))),
  ]);
}

function change({ from, to, status, version }: DeviceReport, width: number): string {
  if (to === undefined) return '';
  const short = (digest: string | undefined): string => (digest ? shortDigest(digest, width) : 'nothing');
  if (status === 'unchanged') return short(to);
  if (status === 'rolled-back') return `${short(to)} → ${short(from)}`;
  return `${short(from)} → ${short(to)}${version !== undefined && status === 'updated' && width >= 100 && version.length <= 12 ? ` (${version})` : ''}`;
}

/** "97 updated, 2 failed, 1 offline · 12.3 MB sent, 81.2 MB there already (87 %) · 41.2 s". */
function totals({ devices, seconds: s }: RolloutReport, width: number): string[] {
  const counts = (Object.keys(marks) as DeviceStatus[]).flatMap((status) => {
    const n = devices.filter((d) => d.status === status).length;
    return n > 0 ? [`${n} ${marks[status][1]}`] : [];
  });
  const sum = (pick: (d: DeviceReport) => number): number => devices.reduce((total, d) => total + pick(d), 0);
  const [sent, saved] = [sum((d) => d.sent_bytes), sum((d) => d.reused_bytes + d.resumed_bytes)];
  const data = [
    `${bytes(sent)} sent`,
    ...(saved > 0 ? [`${bytes(saved)} there already (${Math.round((100 * saved) / (saved + sent))} %)`] : []),
  ];
  return wrap(`${plural(devices.length, 'device')}: ${counts.join(', ')} · ${data.join(', ')} · ${seconds(s)}`, width, '  ', '    ');
}

/** The same is often to be said of many devices: once, with how many. */
function warningLines(devices: readonly DeviceReport[], width: number): string[] {
  const counts = new Map<string, number>();
  for (const warning of devices.flatMap((d) => d.warnings)) counts.set(warning, (counts.get(warning) ?? 0) + 1);
  return [...counts].flatMap(([warning, n]) => wrap(printable(`${plural(n, 'device')}: ${warning}`), width, '  ', '  '));
}

/** How to go on, where going on can help: what a device refuses it refuses again. */
function hint({ devices, run }: RolloutReport, { state, running }: RolloutView, width: number): string[] {
  if (running || devices.every((d) => isGood(d) || d.status === 'refused')) return [];
  return wrap(`'edgeml fleet resume ${run}${state === undefined ? '' : ` --state ${state}`}' does what is left.`, width, '  ', '  ');
}
