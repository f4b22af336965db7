import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bundle } from '../bundle/open.js';
import { Slots } from '../concurrent.js';
import { DeviceError, EdgemlError, exitCodes, OfflineError, UsageError } from '../errors.js';
import type { SshOptions } from '../ssh/settings.js';
import type { DeviceEvent, Outcome, UpdateOptions } from './device/outcome.js';
import { RefusedError } from './device/plan.js';
import { rollBackDevice } from './device/rollback.js';
import type { Access } from './device/session.js';
import type { NewKeys } from './device/transfer.js';
import { updateDevice } from './device/update.js';
import type { DeviceSpec } from './fleet/device.js';
import type { NewEvent, RunEvent } from './journal/events.js';
import { Journal, parseJournal } from './journal/journal.js';
import { replay } from './journal/replay.js';
import { own, runFiles } from './journal/runs.js';
import { Engine, type RolloutEvent } from './rollout/engine.js';
import type { Attempt, DeviceStatus, RolloutReport } from './rollout/types.js';
import { withoutSecrets } from './secrets.js';

/** What happens while a rollout runs, for whoever shows it. */
export type RunListener = (event: RolloutEvent | { readonly event: 'device'; readonly device: string; readonly what: DeviceEvent }) => void;

/** A rollout that is begun or gone on with. */
export interface RunJob {
  readonly head: Omit<RunEvent, 'event' | 'schema'>;
  /** The run's folder. */
  readonly folder: string;
  readonly devices: readonly DeviceSpec[];
  /** For a deployment. */
  readonly bundle?: Bundle;
  readonly newKeys: NewKeys;
  readonly ssh: SshOptions;
  /** Where the run is gone on with: names of devices that are done already, and how often it was gone on with, from 1 on. */
  readonly resumed?: { readonly done: ReadonlySet<string>; readonly times: number };
  readonly onEvent?: RunListener;
  readonly stop?: AbortSignal;
}

/**
 * Runs a rollout to its end and writes down everything that happens. Throws UsageError, ModelError or WriteError where it cannot go
 * on at all; what happens on devices is in the report.
 */
export async function runRollout(job: RunJob): Promise<RolloutReport> {
  const disown = own(job.folder);
  const journal = await Journal.open(join(job.folder, runFiles.journal));
  const stopping = new AbortController();
  const watch = watchStopFile(job.folder, stopping);
  const passOn = (): void => stopping.abort(job.stop?.reason);
  if (job.stop?.aborted) passOn();
  job.stop?.addEventListener('abort', passOn);
  try {
    const { head, resumed } = job;
    if (resumed === undefined) await journal.append({ event: 'run', schema: 'edgeml.journal/1', ...head });
    else {
      const names = job.devices.filter((d) => !resumed.done.has(d.name)).map((d) => d.name);
      await journal.append({ event: 'resume', by: head.by, devices: names, wait_until: head.options.waitUntil });
    }
    const stopped = await new Engine(job.devices, head.options, surroundings(job, journal, stopping.signal), resumed?.done).run();
    const exit = exitCodeOf(job, journal.path);
    await journal.append({ event: 'end', exit_code: exit, ...(stopped !== undefined && { stopped }) });
    return reportOf(journal.path);
  } finally {
    clearInterval(watch);
    job.stop?.removeEventListener('abort', passOn);
    await journal.close();
    disown();
  }
}

/** 'edgeml fleet stop' leaves a file in the run's folder. */
function watchStopFile(folder: string, stopping: AbortController): NodeJS.Timeout {
  const path = join(folder, runFiles.stop);
  return setInterval(() => existsSync(path) && stopping.abort("It was stopped with 'edgeml fleet stop'."), 500).unref();
}

function surroundings(job: RunJob, journal: Journal, stop: AbortSignal): ConstructorParameters<typeof Engine>[2] {
  const transfers = new Slots(job.head.options.transfers);
  return {
    stop,
    now: Date.now,
    random: Math.random,
    async sleep(ms, signal) {
      // Node cannot wait longer than 2^31 ms at a time.
      await delay(Math.min(ms, 2 ** 31 - 1), undefined, { signal }).catch(() => {});
    },
    async on(event) {
      await journal.append(event);
      job.onEvent?.(event);
    },
    attempt: (device) => attemptOn(device, job, journal, (action) => transfers.run(action)),
  };
}

async function attemptOn(device: DeviceSpec, job: RunJob, journal: Journal, transferTurn: UpdateOptions['transferTurn']): Promise<Attempt> {
  const { head, bundle, newKeys } = job;
  const access: Access = {
    // Devices tell by it whether a switch that has ended is of this process: what failed before a run is gone on with is done again.
    ...{ by: head.by, run: job.resumed ? `${head.run}+${job.resumed.times}` : head.run, lockWait: head.lockWait },
    ssh: { ...job.ssh, ...(head.flags.acceptNewHostKeys && { acceptNewHostKeys: true }) },
  };
  let reached = false;
  let sent = 0;
  let last = '';
  let told: Promise<unknown> = Promise.resolve();
  const note = (event: NewEvent): void => {
    told = told.then(() => journal.append(event));
    // Waited for below; a journal that cannot be written ends the rollout there.
    told.catch(() => {});
  };
  const onEvent = (what: DeviceEvent): void => {
    if (what.kind === 'step' && what.step !== 'connect') reached = true;
    if (what.kind === 'sent') sent += what.bytes;
    if (what.kind === 'step' && what.step !== last) {
      last = what.step;
      note({ event: 'step', device: device.name, step: what.step });
    } else if (what.kind === 'waiting') note({ event: 'lock', device: device.name, holder: what.holder });
    else if (what.kind === 'plan') {
      const { from, to, send, reuse } = what.plan;
      note({ event: 'plan', device: device.name, ...(from !== undefined && { from }), to, send, reuse });
    }
    job.onEvent?.({ event: 'device', device: device.name, what });
  };
  const options: UpdateOptions = { access, newKeys, onEvent, transferTurn };
  const clean = (text: string): string => withoutSecrets(text, device.variables);
  try {
    const outcome = bundle ? await updateDevice(device, bundle, options) : await rollBackDevice(device, head.name, head.to, options);
    return { kind: 'outcome', outcome: cleaned(outcome, clean) };
  } catch (error) {
    if (error instanceof OfflineError) return { kind: 'offline', why: clean(error.message), reached, sent };
    if (error instanceof RefusedError) return { kind: 'refused', why: clean(error.message), sent };
    // What is wrong with one device's keys and hosts keeps nobody else from being updated.
    if (error instanceof DeviceError || error instanceof UsageError)
      return { kind: reached ? 'failed' : 'refused', why: clean(error.message), sent };
    throw error;
  } finally {
    await told;
  }
}

const cleaned = ({ why, ...outcome }: Outcome, clean: (text: string) => string): Outcome => ({
  ...outcome,
  ...(why !== undefined && { why: clean(why) }),
});

/** Reads the journal again: the report tells what is written down, and nothing else. */
export function reportOf(path: string): RolloutReport {
  const told = replay(parseJournal(readFileSync(path, 'utf8')));
  if (!told) throw new EdgemlError(`${path} is no journal of a rollout.`, exitCodes.bug);
  const { head, devices, exitCode, stopped, last } = told;
  const { path: _, ...bundle } = head.bundle ?? { path: '' };
  return {
    ...{ schema: 'edgeml.rollout/1', run: head.run, kind: head.kind, name: head.name },
    ...(head.bundle && { bundle: bundle as NonNullable<RolloutReport['bundle']> }),
    devices,
    ...(stopped !== undefined && { stopped }),
    ...{ started: head.time, seconds: Math.max(0, Date.parse(last) - Date.parse(head.time)) / 1000, journal: path },
    exit_code: exitCode ?? exitCodes.partial,
  };
}

const good: readonly DeviceStatus[] = ['updated', 'unchanged'];

/** 0 where all devices are good, 4 where none could be reached, 5 otherwise. */
function exitCodeOf(job: RunJob, path: string): number {
  const events = parseJournal(readFileSync(path, 'utf8'));
  const devices = replay(events)?.devices ?? [];
  if (devices.every((d) => good.includes(d.status))) return exitCodes.done;
  const reached = events.some((e) => e.event === 'step' && e.step !== 'connect');
  return reached || job.devices.length === 0 ? exitCodes.partial : exitCodes.device;
}
