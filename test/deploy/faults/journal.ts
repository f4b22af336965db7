import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../../../src/deploy/journal/events.js';
import { parseJournal } from '../../../src/deploy/journal/journal.js';
import { type Replay, replay } from '../../../src/deploy/journal/replay.js';

const statuses: readonly string[] = ['updated', 'unchanged', 'rolled-back', 'failed', 'refused', 'offline', 'pending'];
const good: readonly string[] = ['updated', 'unchanged'];

/** What the newest journal below a folder tells. */
export interface Told {
  readonly events: readonly JournalEvent[];
  readonly run: Replay;
  /** Sentences: what it tells wrongly, or not at all. */
  readonly faults: readonly string[];
}

/** Reads the newest journal of a working folder; undefined where none has its first line yet. */
export function readJournal(folder: string, names: readonly string[]): Told | undefined {
  const rollouts = join(folder, '.edgeml/rollouts');
  if (!existsSync(rollouts)) return undefined;
  for (const id of readdirSync(rollouts).sort().reverse()) {
    const path = join(rollouts, id, 'journal.jsonl');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const events = parseJournal(text);
    const run = replay(events);
    if (run) return { events, run, faults: faultsOf(text, events, run, names) };
    // Before the first line is whole, nothing has been done to any device.
    if (events.length > 0) return { events, run: run as never, faults: ['the journal has no first line'] };
  }
  return undefined;
}

function faultsOf(text: string, events: readonly JournalEvent[], run: Replay, names: readonly string[]): string[] {
  const same = (list: readonly string[]): boolean => list.length === names.length && list.every((name, i) => name === names[i]);
  // A line that was cut off is the last one, or the one before a run is gone on with.
  const lines = text.split('\n');
  const cutOff = lines.filter((line, i) => !isJson(line) && i < lines.length - 1 && !lines[i + 1].includes('"event":"resume"'));
  return [
    ...(events[0].event === 'run' ? [] : ['the journal does not begin with its run']),
    ...(same(run.head.devices.map((d) => d.name)) ? [] : ['the first line of the journal does not name every device']),
    ...(same(run.devices.map((d) => d.name)) ? [] : ['a device is lost from the journal']),
    ...run.devices.flatMap((d) => (statuses.includes(d.status) ? [] : [`the journal has the status ${d.status} for ${d.name}`])),
    ...(cutOff.length > 0 ? [`the journal has a broken line: ${cutOff[0].slice(0, 80)}`] : []),
  ];
}

function isJson(line: string): boolean {
  try {
    return line === '' || typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Names of devices that the journal calls done. */
export const doneIn = (told: Told | undefined): string[] =>
  told?.run.devices.filter((d) => good.includes(d.status)).map((d) => d.name) ?? [];

/** Names of devices that have been begun and have not ended. */
export function underWay(told: Told | undefined): string[] {
  const last = new Map<string, boolean>();
  for (const e of told?.events ?? []) if ('device' in e) last.set(e.device, e.event !== 'ended' && e.event !== 'queued');
  return [...last].flatMap(([name, isRunning]) => (isRunning ? [name] : []));
}

/** Why devices were to be tried again. */
export const reasonsIn = (told: Told | undefined): string[] => told?.events.flatMap((e) => (e.event === 'queued' ? [e.why] : [])) ?? [];

/** The last step of a device that was written down, after its last try began. */
export function stepIn(told: Told | undefined, name: string): string {
  let step = 'not begun';
  for (const e of told?.events ?? []) {
    if (!('device' in e) || e.device !== name) continue;
    if (e.event === 'step') step = e.step;
    else if (e.event === 'ended') step = 'ended';
    else if (e.event === 'queued') step = 'waiting';
  }
  return step;
}
