import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waveSizes } from '../../../src/deploy/rollout/waves.js';
import { offline, outcome, roll } from './clock.js';

const waves = [{ devices: 1 }, { share: 0.1 }, { share: 1 }];

describe('a rollout', () => {
  it('begins a wave when the one before has ended, and pauses between them', async () => {
    const { tries, ended, stopped } = await roll(50, { waves, pause: 60_000 }, () => outcome());
    expect(stopped).toBeUndefined();
    expect(ended).toHaveLength(50);
    expect(tries.filter((t) => t.at === 0).map((t) => t.device)).toEqual([0]);
    expect(tries.filter((t) => t.at === 61_000).map((t) => t.device)).toEqual([1, 2, 3, 4]);
    expect(Math.min(...tries.filter((t) => t.device >= 5).map((t) => t.at))).toBe(122_000);
  });

  it('works on no more devices at a time than it is told', async () => {
    expect((await roll(40, { connections: 7 }, () => outcome())).most).toBe(7);
  });

  it('stops when more devices fail than it is told; those under way come to their end', async () => {
    const sick = new Set([3, 5, 8]);
    const result = await roll(20, { maxFailures: { count: 2 }, connections: 4 }, (i) => outcome(sick.has(i) ? 'rolled-back' : 'updated'));
    expect(result.stopped).toMatch(/^3 of \d+ devices failed, and --max-failures is 2\.$/);
    expect(result.ended.filter((e) => e.status === 'rolled-back').map((e) => e.device)).toEqual([3, 5, 8]);
    expect(result.tries.length).toBe(result.ended.length);
    expect(result.ended.length).toBeLessThan(20);
  });

  it('does not count a share before enough devices were reached', async () => {
    const first = await roll(20, { maxFailures: { share: 0.2 }, minSample: 10, connections: 1 }, (i) =>
      outcome(i < 2 ? 'failed' : 'updated'),
    );
    expect(first.stopped).toBeUndefined();
    const second = await roll(20, { maxFailures: { share: 0.2 }, minSample: 10, connections: 1 }, (i) =>
      outcome(i < 3 ? 'failed' : 'updated'),
    );
    expect(second.stopped).toBe('3 of 10 devices failed (30%), and --max-failures is 20%.');
    expect(second.ended).toHaveLength(10);
  });

  it('does not begin the next wave where nobody in one took the release', async () => {
    const { stopped, ended } = await roll(10, { waves }, () => outcome('rolled-back'));
    expect(stopped).toBe('No device of this wave took the release.');
    expect(ended.map((e) => e.device)).toEqual([0]);
  });

  it('takes the next device where one is offline, and tries that again later, ever less often', async () => {
    const { tries, ended } = await roll(3, { waves, waitUntil: 100_000 }, (i, _, now) => (i === 0 && now < 30_000 ? offline : outcome()));
    expect(ended.map((e) => [e.device, e.status])).toEqual([
      [1, 'updated'],
      [2, 'updated'],
      [0, 'updated'],
    ]);
    const gaps = tries.filter((t) => t.device === 0).map((t) => t.at);
    // 1, 2, 4, 8, 16 s after each try of a second.
    expect(gaps).toEqual([0, 2000, 5000, 10_000, 19_000, 36_000]);
  });

  it('gives up a device that is offline: after some tries, or when the time is over', async () => {
    const few = await roll(2, {}, (i) => (i === 0 ? offline : outcome()));
    expect(few.ended.map((e) => [e.device, e.status])).toEqual([
      [1, 'updated'],
      [0, 'offline'],
    ]);
    expect(few.tries.filter((t) => t.device === 0)).toHaveLength(3);
    expect((await roll(1, { retries: 0 }, () => offline)).tries).toHaveLength(1);
    const long = await roll(1, { waitUntil: 3_600_000 }, () => offline);
    expect(long.tries.length).toBeGreaterThan(12);
    expect(long.now).toBeLessThanOrEqual(3_601_000);
    expect(long.now).toBeGreaterThan(3_000_000);
  });

  it('stops when it is asked to, also while it waits or pauses', async () => {
    const running = await roll(50, { connections: 2 }, () => outcome(), { stopAt: 2500 });
    expect(running.stopped).toBe('enough');
    expect(running.ended).toHaveLength(6);
    const waiting = await roll(1, { waitUntil: 1e9 }, () => offline, { stopAt: 50_000 });
    expect({ stopped: waiting.stopped, ended: waiting.ended }).toEqual({ stopped: 'enough', ended: [] });
    expect(waiting.now).toBeLessThan(60_000);
    const pausing = await roll(5, { waves, pause: 1e6 }, () => outcome(), { stopAt: 50_000 });
    expect({ stopped: pausing.stopped, ended: pausing.ended.length, now: pausing.now }).toEqual({
      stopped: 'enough',
      ended: 1,
      now: 50_000,
    });
  });

  it('goes on with those that are left', async () => {
    const { tries } = await roll(10, { waves }, () => outcome(), { done: [0, 1, 2, 3, 4, 5, 6] });
    expect(tries.map((t) => t.device)).toEqual([7, 8, 9]);
  });

  it('ends with what an attempt throws, when the others have ended', async () => {
    const failing = roll(5, { connections: 2 }, (i) => {
      if (i === 1) throw new Error('the bundle is gone');
      return outcome();
    });
    await expect(failing).rejects.toThrow('the bundle is gone');
  });

  it('never has more devices beyond a wave, and never more failures, than it may', async () => {
    const run = fc.record({
      n: fc.integer({ min: 1, max: 40 }),
      sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
      connections: fc.integer({ min: 1, max: 8 }),
      max: fc.integer({ min: 0, max: 5 }),
      sick: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      away: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ n, sizes, connections, max, sick, away }) => {
        const waves = [...sizes.map((devices) => ({ devices })), { share: 1 }];
        const answer = (i: number, tries: number) => (tries <= away[i] ? offline : outcome(sick[i] ? 'rolled-back' : 'updated'));
        const options = { waves, connections, maxFailures: { count: max }, waitUntil: 1e9 };
        const result = await roll(n, options, answer, { takes: (i) => 500 + ((i * 7919) % 1000) });
        expect(result.most).toBeLessThanOrEqual(connections);
        const limits = waveSizes(waves, n);
        // Devices that ended, or are being worked on, at any moment stay below the size of the wave that has begun.
        let [limit, ended, running] = [0, 0, 0];
        for (const e of result.events) {
          if (e.event === 'wave') limit = e.until;
          if (e.event === 'try') running++;
          if (e.event === 'queued') running--;
          if (e.event === 'ended') {
            running--;
            ended++;
          }
          expect(ended + running).toBeLessThanOrEqual(limit);
        }
        expect(limits.at(-1)).toBe(n);
        const failures = result.ended.filter((e) => e.status === 'rolled-back').length;
        if (result.stopped === undefined) expect(result.ended.map((e) => e.device).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
        // One may fail more than allowed, and those that were under way then.
        expect(failures).toBeLessThanOrEqual(max + connections);
      }),
      { numRuns: 150 },
    );
  });
});
