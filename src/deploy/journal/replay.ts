import type { DeviceReport, DeviceStatus } from '../rollout/types.js';
import type { JournalEvent, RunEvent } from './events.js';

/** What a journal tells of a run. */
export interface Replay {
  readonly head: RunEvent & { readonly time: string };
  /** In the order of the run's first line: none is missing, whatever happened. */
  readonly devices: readonly DeviceReport[];
  /** Until when devices that are offline are tried, as was said last; ms since 1970. */
  readonly waitUntil?: number;
  /** How often it was gone on with. */
  readonly resumes: number;
  /** The exit code, where the run came to its end. */
  readonly exitCode?: number;
  readonly stopped?: string;
  /** ISO 8601: of the last line. */
  readonly last: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the state of every device out of the events of a run; undefined where there is no first line. */
export function replay(events: readonly JournalEvent[]): Replay | undefined {
  const head = events.find((e): e is RunEvent & { time: string } => e.event === 'run');
  if (!head) return undefined;
  const devices = new Map(head.devices.map(({ name, target }) => [name, { ...fresh(name, target), since: '' }]));
  let waitUntil = head.options.waitUntil;
  let exitCode: number | undefined;
  let stopped: string | undefined;
  for (const e of events) {
    if (e.event === 'end') [exitCode, stopped] = [e.exit_code, e.stopped];
    if (e.event === 'resume') {
      waitUntil = e.wait_until;
      [exitCode, stopped] = [undefined, undefined];
      for (const name of e.devices) Object.assign(devices.get(name) ?? {}, { status: 'pending', why: undefined });
    }
    const device = 'device' in e ? devices.get(e.device) : undefined;
    if (device) apply(device, e);
  }
  const reports = [...devices.values()].map(({ since: _, ...report }) => report);
  return {
    head,
    devices: reports,
    last: events.at(-1)?.time ?? head.time,
    ...(waitUntil !== undefined && { waitUntil }),
    resumes: events.filter((e) => e.event === 'resume').length,
    ...(exitCode !== undefined && { exitCode }),
    ...(stopped !== undefined && { stopped }),
  };
}

const fresh = (name: string, target: string): Mutable<DeviceReport> => ({
  ...{
    name,
    target,
    status: 'pending' as DeviceStatus,
    sent_bytes: 0,
    reused_bytes: 0,
    resumed_bytes: 0,
    tries: 0,
    seconds: 0,
    warnings: [],
  },
});

function apply(device: Mutable<DeviceReport> & { since: string }, e: JournalEvent): void {
  const seconds = (): number => (device.since === '' ? 0 : Math.max(0, Date.parse(e.time) - Date.parse(device.since)) / 1000);
  if (e.event === 'try') {
    if (device.since === '') device.since = e.time;
    device.tries++;
  } else if (e.event === 'plan') {
    Object.assign(device, { from: e.from, to: e.to });
  } else if (e.event === 'queued') {
    Object.assign(device, { status: 'offline', why: e.why, seconds: seconds() });
    device.sent_bytes += e.sent;
  } else if (e.event === 'ended') {
    Object.assign(device, { status: e.status, why: undefined, seconds: seconds() });
    if (e.attempt.kind === 'outcome') {
      const { from, to, version, why, moved, warnings, golden } = e.attempt.outcome;
      Object.assign(device, { from, to, version, why, warnings, ...(golden.length > 0 && { golden }) });
      device.sent_bytes += moved.sent;
      device.reused_bytes += moved.reused;
      device.resumed_bytes += moved.resumed;
    } else {
      device.why = e.attempt.why;
      device.sent_bytes += e.attempt.sent;
    }
  }
}
