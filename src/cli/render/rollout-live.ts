import type { DeviceEvent } from '../../deploy/device/outcome.js';
import type { RunListener } from '../../deploy/run.js';
import { marks } from './rollout.js';
import { type Row, view } from './rollout-view.js';
import type { Style } from './style.js';
import { bar, bytes, plural, printable, seconds } from './text.js';

/** A view of a rollout under way: a line per device on a terminal, a line per event in a pipe. */
export interface LiveView {
  readonly listener: RunListener;
  /** Prints a line above the view. */
  note(line: string): void;
  /** Takes the view away while somebody is asked something. */
  pause(): void;
  resume(): void;
  /** Removes the view. */
  stop(): void;
}

const interval = 100;

const steps: Readonly<Record<string, string>> = {
  ...{
    connect: 'connecting',
    lock: 'taking the lock',
    queue: 'waiting for its turn to send',
    send: 'sending',
    check: 'checking what is there',
  },
  ...{ before: 'hook before the switch', switch: 'switching', after: 'hook after the switch', health: 'is it healthy?' },
  ...{
    golden: 'running golden inputs',
    back: 'switching back',
    done: 'tidying up',
    failed: 'ending',
    'rolled-back': 'ending',
    stuck: 'ending',
  },
};

export interface LiveOptions {
  readonly quiet?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** ms since 1970. */
  readonly now?: () => number;
  /** Devices that are done already, in a run that is gone on with. */
  readonly done?: readonly string[];
}

/** @param stream stderr. @param devices In the order of the rollout. */
export function liveRollout(stream: NodeJS.WriteStream, style: Style, devices: readonly string[], options: LiveOptions = {}): LiveView {
  const { quiet, env = process.env, now = Date.now, done = [] } = options;
  const onTerminal = stream.isTTY && !quiet && env.TERM !== 'dumb';
  const rows = new Map(
    devices.map((name): [string, Row] => [
      name,
      { name, status: done.includes(name) ? 'unchanged' : 'pending', text: '', since: 0, order: 0 },
    ]),
  );
  const state = { wave: '', until: 0, stopping: false, drawn: 0, lines: 0, order: 1, paused: false };

  const clear = (): void => {
    if (state.lines > 0) stream.write(`\u001b[${state.lines}A\r\u001b[J`);
    state.lines = 0;
  };
  const draw = (force: boolean): void => {
    if (!onTerminal || state.paused || (!force && now() - state.drawn < interval)) return;
    state.drawn = now();
    const size = { columns: stream.columns || 80, rows: stream.rows || 24, now: now() };
    const lines = view([...rows.values()], { wave: waveText(), stopping: state.stopping }, style, size);
    const up = state.lines > 0 ? `\u001b[${state.lines}A\r` : '';
    stream.write(`${up}${lines.map((l) => `${l}\u001b[K\n`).join('')}\u001b[J`);
    state.lines = lines.length;
  };
  const waveText = (): string => (state.until > now() ? `${state.wave}, ${seconds((state.until - now()) / 1000)} left` : state.wave);
  const plain = (line: string): void => {
    if (!onTerminal && !quiet) stream.write(`${line}\n`);
  };
  const timer = onTerminal ? setInterval(() => draw(false), 250).unref() : undefined;

  const listener: RunListener = (event) => {
    const row = 'device' in event ? rows.get(event.device) : undefined;
    switch (event.event) {
      case 'wave':
        state.until = 0;
        state.wave = event.waves > 1 ? `wave ${event.wave} of ${event.waves}, up to ${plural(event.until, 'device')}` : '';
        if (state.wave) plain(state.wave);
        break;
      case 'pause':
        state.wave = `pause after ${state.wave.split(',')[0]}`;
        state.until = now() + event.ms;
        plain(`${state.wave}: ${seconds(event.ms / 1000)}`);
        break;
      case 'stop':
        state.stopping = true;
        plain(`stopped: ${printable(event.why)}`);
        break;
      case 'try':
        if (row) Object.assign(row, { status: 'running', text: 'connecting', since: now(), order: state.order++ });
        break;
      case 'queued':
        if (row)
          Object.assign(row, {
            status: 'offline',
            text: `tried ${plural(event.tries, 'time')}: ${printable(event.why)}`,
            again: event.next,
          });
        plain(`· ${event.device}: ${printable(event.why)} Trying again in ${seconds(Math.max(0, event.next - now()) / 1000)}.`);
        break;
      case 'ended': {
        const text = endText(event.attempt);
        if (row) Object.assign(row, { status: event.status, text, again: undefined, order: state.order++ });
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
    note(line) {
      clear();
      stream.write(`${line}\n`);
      draw(true);
    },
    pause() {
      clear();
      state.paused = true;
    },
    resume() {
      state.paused = false;
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

function deviceText(what: DeviceEvent): string | undefined {
  if (what.kind === 'step') return steps[what.step] ?? printable(what.step);
  if (what.kind === 'waiting') return `waiting for ${printable(what.holder)}`;
  if (what.kind !== 'bytes') return undefined;
  return `${bar(what.total > 0 ? what.bytes / what.total : 1, 12).padEnd(12, '·')} ${bytes(what.bytes)} of ${bytes(what.total)}`;
}

function endText(attempt: Extract<Parameters<RunListener>[0], { event: 'ended' }>['attempt']): string {
  if (attempt.kind !== 'outcome') return printable(attempt.why);
  const { why, moved, status } = attempt.outcome;
  if (why !== undefined) return printable(why);
  return status === 'updated' ? `${bytes(moved.sent)} sent${moved.reused > 0 ? `, ${bytes(moved.reused)} there already` : ''}` : '';
}
