import type { DeviceSpec } from '../fleet/device.js';
import { backOff } from './backoff.js';
import type { Attempt, DeviceStatus, RolloutOptions } from './types.js';
import { tooManyFailures, waveSizes } from './waves.js';

/** What an engine tells while it runs; it goes on when the promise is done, so that a journal is never behind. */
export type RolloutEvent =
  | { readonly event: 'wave'; readonly wave: number; readonly waves: number; readonly until: number }
  | { readonly event: 'try'; readonly device: string; readonly tries: number }
  | { readonly event: 'ended'; readonly device: string; readonly status: DeviceStatus; readonly attempt: Attempt }
  | {
      readonly event: 'queued';
      readonly device: string;
      readonly why: string;
      readonly sent: number;
      readonly tries: number;
      readonly next: number;
    }
  | { readonly event: 'pause'; readonly ms: number }
  | { readonly event: 'stop'; readonly why: string };

/** What an engine needs from outside; tests give a clock of their own. */
export interface Surroundings {
  /** One try on a device. Whatever it throws ends the rollout. */
  attempt(device: DeviceSpec, tries: number): Promise<Attempt>;
  on(event: RolloutEvent): Promise<void>;
  /** ms since 1970. */
  now(): number;
  /** Ends early when the signal comes. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  /** Comes when somebody wants the rollout to stop: no device is begun any more. Its reason is a sentence. */
  readonly stop: AbortSignal;
}

interface State {
  readonly device: DeviceSpec;
  status: DeviceStatus | 'running';
  tries: number;
  /** Not to be tried before, ms since 1970. */
  notBefore: number;
  /** Whether it was ever reached in this run. */
  reached: boolean;
}

/** Tries after the first, where nothing was said: of a device that never answered, and of one that was lost on the way. */
const defaultRetries = { silent: 2, lost: 5 };

const bad: readonly DeviceStatus[] = ['rolled-back', 'failed', 'refused'];
/** Those that have shown what the release does: a device that cannot take it leaves its place in the wave to the next. */
const shown: readonly DeviceStatus[] = ['updated', 'unchanged', 'rolled-back', 'failed'];
const good: readonly DeviceStatus[] = ['updated', 'unchanged'];

/** One rollout: waves, thresholds, limits, and tries again. It knows nothing of bundles and connections. */
export class Engine {
  readonly #states: readonly State[];
  readonly #options: RolloutOptions;
  readonly #around: Surroundings;
  #stopped: string | undefined;
  #failure: unknown;
  #running = 0;
  #wake: () => void = () => {};

  /** `done` are names of devices that are good already: those of a run that is gone on with. */
  constructor(devices: readonly DeviceSpec[], options: RolloutOptions, around: Surroundings, done: ReadonlySet<string> = new Set()) {
    this.#options = options;
    this.#around = around;
    this.#states = devices.map((device) => ({
      ...{ device, status: done.has(device.name) ? 'unchanged' : 'pending', tries: 0, notBefore: 0, reached: done.has(device.name) },
    }));
  }

  /** Runs to the end. Returns why it stopped before it, if it did. Throws what `attempt` and `on` throw, when all tries have ended. */
  async run(): Promise<string | undefined> {
    const sizes = waveSizes(this.#options.waves, this.#states.length);
    const stop = (): void => this.#stop(String(this.#around.stop.reason));
    if (this.#around.stop.aborted) stop();
    this.#around.stop.addEventListener('abort', stop);
    try {
      for (const [i, size] of sizes.entries()) {
        if (this.#stopped !== undefined || this.#count(shown) >= size) continue;
        await this.#around.on({ event: 'wave', wave: i + 1, waves: sizes.length, until: size });
        const before = this.#count(good);
        await this.#wave(size);
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#stopped !== undefined || i === sizes.length - 1) continue;
        if (this.#count(good) === before) this.#stop('No device of this wave took the release.');
        else if (this.#options.pause > 0) await this.#pause();
      }
    } finally {
      this.#around.stop.removeEventListener('abort', stop);
    }
    if (this.#stopped !== undefined) await this.#around.on({ event: 'stop', why: this.#stopped });
    return this.#stopped;
  }

  #count(statuses: readonly string[]): number {
    return this.#states.filter((s) => statuses.includes(s.status)).length;
  }

  #stop(why: string): void {
    this.#stopped ??= why;
    this.#wake();
  }

  async #pause(): Promise<void> {
    await this.#around.on({ event: 'pause', ms: this.#options.pause });
    await this.#around.sleep(this.#options.pause, this.#around.stop);
  }

  /** Begins devices until `size` of all were reached, or none is left that could be; then waits for those that run. */
  async #wave(size: number): Promise<void> {
    for (;;) {
      const halted = this.#stopped !== undefined || this.#failure !== undefined;
      const room = halted ? 0 : Math.min(this.#options.connections, size - this.#count(shown)) - this.#running;
      const ready = this.#states.filter((s) => s.status === 'pending' && s.notBefore <= this.#around.now());
      const begun = ready.slice(0, Math.max(0, room));
      for (const state of begun) this.#begin(state);
      const waiting = this.#states.filter((s) => s.status === 'pending' && s.notBefore > this.#around.now());
      if (this.#running === 0 && (halted || room <= 0 || waiting.length === 0)) return;
      // Where there is no room, only the end of a device changes anything.
      const first = room > begun.length && waiting.length > 0 ? Math.min(...waiting.map((s) => s.notBefore)) : undefined;
      await this.#change(first === undefined ? undefined : first - this.#around.now());
    }
  }

  /** Ends when a device has ended, the rollout is stopped, or the time is over. */
  async #change(ms: number | undefined): Promise<void> {
    const timer = new AbortController();
    const changed = new Promise<void>((done) => {
      this.#wake = done;
    });
    await Promise.race([changed, ...(ms === undefined ? [] : [this.#around.sleep(Math.max(1, ms), timer.signal)])]);
    timer.abort();
  }

  #begin(state: State): void {
    this.#running++;
    state.status = 'running';
    state.tries++;
    this.#one(state)
      .catch((error) => {
        this.#failure ??= error;
        state.status = 'pending';
      })
      .finally(() => {
        this.#running--;
        this.#wake();
      });
  }

  async #one(state: State): Promise<void> {
    const { device, tries } = state;
    await this.#around.on({ event: 'try', device: device.name, tries });
    const attempt = await this.#around.attempt(device, tries);
    if (attempt.kind === 'offline') {
      state.reached ||= attempt.reached;
      const next = this.#nextTry(state);
      if (next !== undefined) {
        await this.#around.on({ event: 'queued', device: device.name, why: attempt.why, sent: attempt.sent, tries, next });
        state.notBefore = next;
        state.status = 'pending';
        return;
      }
    }
    const status = attempt.kind === 'outcome' ? attempt.outcome.status : attempt.kind;
    await this.#around.on({ event: 'ended', device: device.name, status, attempt });
    state.status = status;
    const failures = this.#count(bad);
    const why = tooManyFailures(this.#options.maxFailures, this.#options.minSample, failures, failures + this.#count(good));
    if (why !== undefined) this.#stop(why);
  }

  /** When to try a device again; undefined where it was tried often, or long, enough. */
  #nextTry({ tries, reached }: State): number | undefined {
    const now = this.#around.now();
    const next = now + backOff(tries, this.#around.random());
    const { waitUntil = 0, retries = reached ? defaultRetries.lost : defaultRetries.silent } = this.#options;
    // The last try is when the time is over.
    if (now < waitUntil) return Math.min(next, waitUntil);
    return tries <= retries ? next : undefined;
  }
}
