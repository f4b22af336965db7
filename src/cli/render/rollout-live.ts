import type { DeviceEvent } from '../../deploy/device/outcome.js';
import type { DeviceStatus } from '../../deploy/rollout/types.js';
import type { RunListener } from '../../deploy/run.js';
import { marks, paint } from './rollout.js';
import type { Style } from './style.js';
import { bar, bytes, elide, plural, printable, seconds } from './text.js';

/** How far a device is. */
interface Row {
  readonly name: string;
  status: DeviceStatus | 'running';
  text: string;
  since: number;
  order: number;
}

/** A view of a rollout under way: a line per device on a terminal, a line per event in a pipe. */
export interface LiveView {
  readonly listener: RunListener;
  /** Prints a line above the view. */
  note(line: string): void;
  /** Removes the view. */
  stop(): void;
}

const interval = 100;

const steps: Readonly<Record<string, string>> = {
  ...{
    connect: 'connecting',
    lock: 'taking the lock',
    send: 'sending',
    check: 'checking what arrived',
    before: 'hook before the switch',
    switch: 'switching',
  },
  ...{ after: 'hook after the switch', health: 'is it healthy?', golden: 'running golden inputs', back: 'switching back' },
  ...{ done: 'tidying up', failed: 'ending', 'rolled-back': 'ending', stuck: 'ending' },
};

/** @param stream stderr. @param devices In the order of the rollout. */
export function liveRollout(
  stream: NodeJS.WriteStream,
  style: Style,
  devices: readonly string[],
  options: { readonly quiet?: boolean; readonly env?: NodeJS.ProcessEnv; readonly now?: () => number } = {},
): LiveView {
  const { quiet, env = process.env, now = () => performance.now() } = options;
  const onTerminal = stream.isTTY && !quiet && env.TERM !== 'dumb';
  const rows = new Map(devices.map((name, i): [string, Row] => [name, { name, status: 'pending', text: '', since: 0, order: i }]));
  const state = { wave: '', drawn: Number.NEGATIVE_INFINITY, lines: 0, order: devices.length };
  const width = Math.min(28, Math.max(8, ...devices.map((d) => d.length)));

  const clear = (): void => {
    if (state.lines > 0) stream.write(`\u001b[${state.lines}A\r\u001b[J`);
    state.lines = 0;
  };
  const draw = (force: boolean): void => {
    if (!onTerminal || (!force && now() - state.drawn < interval)) return;
    state.drawn = now();
    const lines = view([...rows.values()], state.wave, style, {
      columns: stream.columns || 80,
      rows: stream.rows || 24,
      width,
      now: now(),
    });
    const up = state.lines > 0 ? `\u001b[${state.lines}A\r` : '';
    stream.write(`${up}${lines.map((l) => `${l}\u001b[K\n`).join('')}\u001b[J`);
    state.lines = lines.length;
  };
  const note = (line: string): void => {
    clear();
    stream.write(`${line}\n`);
    draw(true);
  };
  const plain = (line: string): void => {
    if (!onTerminal && !quiet) stream.write(`${line}\n`);
  };
  const timer = onTerminal ? setInterval(() => draw(false), 250).unref() : undefined;

  const listener: RunListener = (event) => {
    const row = 'device' in event ? rows.get(event.device) : undefined;
    switch (event.event) {
      case 'wave':
        state.wave = event.waves > 1 ? `wave ${event.wave} of ${event.waves}, up to ${plural(event.until, 'device')}` : '';
        if (state.wave) plain(state.wave);
        break;
      case 'pause':
        state.wave = `pause of ${seconds(event.ms / 1000)} after ${state.wave.split(',')[0]}`;
        plain(state.wave);
        break;
      case 'stop':
        plain(`stopped: ${printable(event.why)}`);
        break;
      case 'try':
        if (row) Object.assign(row, { status: 'running', text: 'connecting', since: now(), order: state.order++ });
        break;
      case 'queued': {
        const wait = seconds(Math.max(0, event.next - Date.now()) / 1000);
        if (row)
          Object.assign(row, {
            status: 'offline',
            text: `tried ${plural(event.tries, 'time')}, again in ${wait}: ${printable(event.why)}`,
          });
        plain(`· ${event.device}: ${printable(event.why)} Trying again in ${wait}.`);
        break;
      }
      case 'ended': {
        const text = endText(event.attempt);
        if (row) Object.assign(row, { status: event.status, text, order: state.order++ });
        plain(`${marks[event.status][0]} ${event.device}: ${marks[event.status][1]}${text ? `, ${text}` : ''}`);
        break;
      }
      default:
        if (row && row.status === 'running') row.text = deviceText(event.what) ?? row.text;
    }
    draw(event.event !== 'device');
  };
  return {
    listener,
    note,
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

function deviceText(what: DeviceEvent): string | undefined {
  if (what.kind === 'step') return steps[what.step] ?? printable(what.step);
  if (what.kind === 'waiting') return `waiting for ${printable(what.holder)}`;
  if (what.kind === 'bytes')
    return `${bar(what.total > 0 ? what.bytes / what.total : 1, 12).padEnd(12, '·')} ${bytes(what.bytes)} of ${bytes(what.total)}`;
  return undefined;
}

function endText(attempt: Extract<Parameters<RunListener>[0], { event: 'ended' }>['attempt']): string {
  if (attempt.kind !== 'outcome') return printable(attempt.why);
  const { why, moved, status } = attempt.outcome;
  if (why !== undefined) return printable(why);
  return status === 'updated' ? `${bytes(moved.sent)} sent${moved.reused > 0 ? `, ${bytes(moved.reused)} there already` : ''}` : '';
}

interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly now: number;
}

/** One line per device where they fit; else those under way, then those that ended badly, then the newest. */
export function view(rows: readonly Row[], wave: string, style: Style, { columns, rows: height, width, now }: Frame): string[] {
  const ended = rows.filter((r) => r.status !== 'pending' && r.status !== 'running' && r.status !== 'offline');
  const bad = ended.filter((r) => r.status !== 'updated' && r.status !== 'unchanged');
  const room = Math.max(3, height - 3);
  const rank = (r: Row): number =>
    r.status === 'running' ? 0 : bad.includes(r) ? 1 : r.status === 'offline' ? 2 : r.status === 'pending' ? 4 : 3;
  const chosen =
    rows.length <= room
      ? rows
      : [...rows]
          .sort((a, b) => rank(a) - rank(b) || b.order - a.order)
          .slice(0, room)
          .sort((a, b) => a.order - b.order);
  const head = [
    `${bar(rows.length > 0 ? ended.length / rows.length : 1, 20).padEnd(20, '·')} ${ended.length}/${rows.length}`,
    ...(bad.length > 0 ? [`${bad.length} failed`] : []),
    ...(wave ? [wave] : []),
    ...(rows.length > chosen.length ? [`${rows.length - chosen.length} not shown`] : []),
  ].join('  ');
  return [
    ...chosen.map((r) => {
      const mark = r.status === 'running' ? '▸' : marks[r.status][0];
      const word = r.status === 'running' ? '' : r.status === 'pending' ? 'waits for its turn' : `${marks[r.status][1]}  `;
      const time = r.status === 'running' ? `${seconds((now - r.since) / 1000)}` : '';
      const line = `${mark} ${elide(printable(r.name), width).padEnd(width)}  ${time.padStart(7)}  ${word}${r.text}`.slice(0, columns - 1);
      return r.status === 'running' ? line : paint(r.status, style)(line);
    }),
    style.dim(head.slice(0, columns - 1)),
  ];
}
