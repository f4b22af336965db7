import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { limited } from '../../src/ssh/handshakes.js';

describe('limited', () => {
  it('runs few at a time: with one server, and altogether, in the order of the calls', async () => {
    const running: string[] = [];
    const ends: (() => void)[] = [];
    const start = (server: string): Promise<void> =>
      limited(server, () => {
        running.push(server);
        return new Promise<void>((done) => ends.push(done));
      });
    const count = (server: string): number => running.filter((s) => s === server).length;
    const all = Array.from({ length: 20 }, () => start('one'));
    await turn();
    expect(running).toHaveLength(8);
    all.push(...Array.from({ length: 40 }, (_, i) => start(`other ${i}`)));
    await turn();
    expect(running.slice(8)).toEqual(Array.from({ length: 24 }, (_, i) => `other ${i}`));
    for (let i = 0; i < 8; i++) ends[i]();
    await turn();
    expect(running).toHaveLength(40);
    expect(running.at(-1)).toBe('other 31');
    for (let ended = 8; ended < ends.length; await turn()) for (; ended < ends.length; ended++) ends[ended]();
    await Promise.all(all);
    expect([count('one'), running.length]).toEqual([20, 60]);
  });

  it('goes on after a failure', async () => {
    const failures = Array.from({ length: 20 }, () => limited('broken', () => Promise.reject(new Error('as expected'))));
    for (const failure of failures) await expect(failure).rejects.toThrow('as expected');
    expect(await limited('broken', async () => 1)).toBe(1);
  });
});
