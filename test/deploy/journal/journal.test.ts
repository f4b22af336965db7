import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JournalEvent, NewEvent } from '../../../src/deploy/journal/events.js';
import { Journal, parseJournal } from '../../../src/deploy/journal/journal.js';
import { replay } from '../../../src/deploy/journal/replay.js';
import { findRun, isOwned, listRuns, makeRun, newRunId, own } from '../../../src/deploy/journal/runs.js';
import { temporaryFolder } from '../../cli/run.js';
import { defaults } from '../rollout/clock.js';

const folder = temporaryFolder();
const head = (run: string, names: readonly string[]): NewEvent => ({
  ...{ event: 'run', schema: 'edgeml.journal/1', run, kind: 'deploy', name: 'app', trust: [], selection: {}, flags: {}, options: defaults },
  ...{ lockWait: 1, devices: names.map((name) => ({ name, target: name })), by: 'me', tool: 'edgeml' },
});
const done = (device: string): NewEvent => ({
  event: 'ended',
  device,
  status: 'updated',
  attempt: {
    kind: 'outcome',
    outcome: {
      status: 'updated',
      from: 'a',
      to: 'b',
      version: '2',
      moved: { sent: 5, reused: 7, resumed: 1 },
      warnings: [],
      golden: ['litert 2'],
    },
  },
});

describe('a journal', () => {
  it('has one line for each event, in the order in which they came, however many come at once', async () => {
    const path = join(folder, 'many.jsonl');
    const journal = await Journal.open(path);
    await Promise.all(Array.from({ length: 500 }, (_, i) => journal.append({ event: 'step', device: `d${i}`, step: 'send' })));
    // Whoever is told that a line is there may go on at once.
    for (let i = 500; i < 510; i++) await journal.append({ event: 'step', device: `d${i}`, step: 'send' });
    await journal.close();
    const events = parseJournal(readFileSync(path, 'utf8')) as { device: string; time: string }[];
    expect(events.map((e) => e.device)).toEqual(Array.from({ length: 510 }, (_, i) => `d${i}`));
    expect(events.every((e) => !Number.isNaN(Date.parse(e.time)))).toBe(true);
  });

  it('survives a line that was cut off, and what comes after it counts', async () => {
    const path = join(folder, 'cut.jsonl');
    const first = await Journal.open(path);
    await first.append(head('r', ['one', 'two']));
    await first.append(done('one'));
    await first.close();
    appendFileSync(path, '{"time":"2026-01-01T00:00:00Z","event":"ended","device":"tw');
    const second = await Journal.open(path);
    await second.append({ event: 'resume', by: 'me', devices: ['two'] });
    await second.append(done('two'));
    await second.close();
    const told = replay(parseJournal(readFileSync(path, 'utf8')));
    expect(told?.devices.map((d) => [d.name, d.status, d.sent_bytes, d.reused_bytes, d.resumed_bytes])).toEqual([
      ['one', 'updated', 5, 7, 1],
      ['two', 'updated', 5, 7, 1],
    ]);
  });

  it('that cannot be written says so', async () => {
    await expect(Journal.open(join(folder, 'no/such/journal'))).rejects.toThrow(
      /^Cannot write the journal .*: .*Give another folder with --state\.$/,
    );
    const full = await Journal.open('/dev/full');
    await expect(full.append({ event: 'step', device: 'd', step: 's' })).rejects.toThrow(/^Cannot write the journal \/dev\/full: ENOSPC/);
    await full.close();
  });

  it('tells the state of every device at each of its lines: none is lost', () => {
    const lines: JournalEvent[] = [
      head('r', ['one', 'two', 'three']),
      { event: 'wave', wave: 1, waves: 1, until: 3 } as NewEvent,
      { event: 'try', device: 'one', tries: 1 } as NewEvent,
      { event: 'plan', device: 'one', from: 'a', to: 'b', send: 5, reuse: 0 } as NewEvent,
      { event: 'queued', device: 'one', why: 'lost', tries: 1, next: 0 } as NewEvent,
      { event: 'try', device: 'one', tries: 2 } as NewEvent,
      done('one'),
      { event: 'ended', device: 'two', status: 'refused', attempt: { kind: 'refused', why: 'no space' } } as NewEvent,
      { event: 'end', exit_code: 5, stopped: 'enough' } as NewEvent,
    ].map((e, i) => ({ time: new Date(i * 1000).toISOString(), ...e }) as JournalEvent);
    for (let n = 1; n <= lines.length; n++) expect(replay(lines.slice(0, n))?.devices.map((d) => d.name)).toEqual(['one', 'two', 'three']);
    const told = replay(lines);
    expect(told?.devices.map(({ status, why, tries, seconds }) => ({ status, why, tries, seconds }))).toEqual([
      { status: 'updated', why: undefined, tries: 2, seconds: 4 },
      { status: 'refused', why: 'no space', tries: 0, seconds: 0 },
      { status: 'pending', why: undefined, tries: 0, seconds: 0 },
    ]);
    expect([told?.exitCode, told?.stopped]).toEqual([5, 'enough']);
    expect(replay(lines.slice(0, 5))?.devices[0].status).toBe('offline');
    expect(replay([])).toBeUndefined();
  });
});

describe('runs', () => {
  it('are found by their id, its beginning, or what they are', async () => {
    const state = join(folder, 'state');
    expect(listRuns(state)).toEqual([]);
    for (const [minute, exit] of [
      [1, 0],
      [2, 5],
    ] as const) {
      const id = newRunId('app', new Date(Date.UTC(2026, 0, 1, 0, minute)), 'abcd');
      const journal = await Journal.open(join(makeRun(state, id), 'journal.jsonl'));
      await journal.append(head(id, ['one']));
      await journal.append({ event: 'end', exit_code: exit });
      await journal.close();
    }
    expect(listRuns(state).map((r) => r.id)).toEqual(['20260101-000200-app-abcd', '20260101-000100-app-abcd']);
    expect(findRun(state, undefined, (r) => r.exitCode === 0, '').id).toBe('20260101-000100-app-abcd');
    expect(findRun(state, '20260101-0001', () => true, '').id).toBe('20260101-000100-app-abcd');
    expect(() => findRun(state, '20260101', () => true, '')).toThrow("There is no rollout '20260101' in");
    expect(() => findRun(state, '20260101-000100-app-abcx', () => true, '')).toThrow("Did you mean '20260101-000100-app-abcd'?");
    expect(() => findRun(state, undefined, () => false, 'to go on with')).toThrow(/^There is no rollout to go on with in .*state\./);
  });

  it('are worked on by one process at a time; what a dead one left does not count', () => {
    const run = join(folder, 'owned');
    mkdirSync(run);
    const disown = own(run);
    expect(isOwned(run)).toBe(true);
    expect(() => own(run)).toThrow(`is being worked on by process ${process.pid}. Wait for it, or stop it with 'edgeml fleet stop'.`);
    disown();
    expect(isOwned(run)).toBe(false);
    // The number of this process, started at another time: of a process that is gone.
    writeFileSync(join(run, 'owner'), `${process.pid}\n12345\n`);
    expect(isOwned(run)).toBe(false);
    own(run)();
    writeFileSync(join(run, 'owner'), '');
    own(run)();
  });
});
