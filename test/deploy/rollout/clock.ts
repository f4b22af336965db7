import type { DeviceSpec } from '../../../src/deploy/fleet/device.js';
import { Engine, type RolloutEvent, type Surroundings } from '../../../src/deploy/rollout/engine.js';
import type { Attempt, RolloutOptions } from '../../../src/deploy/rollout/types.js';

/** A clock that jumps to the next thing that is waited for as soon as nothing else goes on. */
export class FakeTime {
  now = 0;
  #waiting: { at: number; done: () => void }[] = [];

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((done) => {
      const entry = { at: this.now + ms, done };
      this.#waiting.push(entry);
      const end = (): void => {
        this.#waiting = this.#waiting.filter((w) => w !== entry);
        done();
      };
      if (signal?.aborted) end();
      signal?.addEventListener('abort', end);
    });
  }

  /** Runs until `promise` is done. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const ended = promise.finally(() => {
      over = true;
    });
    ended.catch(() => {});
    while (!over) {
      // Everything that can go on without time does.
      await new Promise((done) => setImmediate(done));
      if (over) break;
      const next = this.#waiting.sort((a, b) => a.at - b.at).shift();
      if (!next) continue;
      this.now = Math.max(this.now, next.at);
      next.done();
    }
    return ended;
  }
}

export const outcome = (status: 'updated' | 'unchanged' | 'rolled-back' | 'failed' = 'updated'): Attempt => ({
  kind: 'outcome',
  outcome: { status, to: 'b', version: '2', moved: { sent: 0, reused: 0, resumed: 0 }, warnings: [], golden: [] },
});
export const offline: Attempt = { kind: 'offline', why: 'nothing answers', reached: false, sent: 0 };

export const devices = (n: number): DeviceSpec[] =>
  Array.from({ length: n }, (_, i) => ({
    ...{
      name: `d${i}`,
      target: `d${i}`,
      groups: [],
      labels: [],
      variables: {},
      root: '~/edgeml',
      keep: 3,
      hooks: { timeoutMs: 1 },
      ssh: {},
    },
  }));

export const defaults: RolloutOptions = { waves: [{ share: 1 }], minSample: 1, connections: 16, transfers: 4, pause: 0 };

/** Runs an engine on a made-up fleet: what a device answers is `answer`'s to say, and each try takes `takes` ms. */
export async function roll(
  n: number,
  options: Partial<RolloutOptions>,
  answer: (device: number, tries: number, now: number) => Attempt,
  more: { readonly takes?: (device: number) => number; readonly stopAt?: number; readonly done?: readonly number[] } = {},
) {
  const time = new FakeTime();
  const stop = new AbortController();
  const events: (RolloutEvent & { at: number })[] = [];
  let running = 0;
  let most = 0;
  const around: Surroundings = {
    stop: stop.signal,
    now: () => time.now,
    random: () => 0.5,
    sleep: (ms, signal) => time.sleep(ms, signal),
    async on(event) {
      events.push({ ...event, at: time.now });
    },
    async attempt(device, tries) {
      const i = Number(device.name.slice(1));
      most = Math.max(most, ++running);
      await time.sleep(more.takes?.(i) ?? 1000);
      running--;
      return answer(i, tries, time.now);
    },
  };
  const engine = new Engine(devices(n), { ...defaults, ...options }, around, new Set(more.done?.map((i) => `d${i}`)));
  if (more.stopAt !== undefined) time.sleep(more.stopAt).then(() => stop.abort('enough'));
  const stopped = await time.run(engine.run());
  const ended = events.flatMap((e) => (e.event === 'ended' ? [{ device: Number(e.device.slice(1)), status: e.status, at: e.at }] : []));
  const tries = events.flatMap((e) => (e.event === 'try' ? [{ device: Number(e.device.slice(1)), at: e.at }] : []));
  return { stopped, events, ended, tries, most, now: time.now };
}
