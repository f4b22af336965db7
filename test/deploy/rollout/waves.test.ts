import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/concurrent.js';
import { backOff } from '../../../src/deploy/rollout/backoff.js';
import { parseMaxFailures, parseWaves, tooManyFailures, waveSizes } from '../../../src/deploy/rollout/waves.js';

describe('waves', () => {
  it('are numbers and shares, and end with all', () => {
    expect(parseWaves(['1', '10%', '100%'])).toEqual([{ devices: 1 }, { share: 0.1 }, { share: 1 }]);
    expect(parseWaves(['5,100%'])).toEqual([{ devices: 5 }, { share: 1 }]);
    expect(() => parseWaves(['1', '10%'])).toThrow("--waves: '10%' is not all devices, and the last wave takes all.");
    expect(() => parseWaves(['10', '5', '100%'])).toThrow("--waves: '5' is not more than the wave before it.");
    for (const bad of ['0', '101%', '-1', 'all', '', '0%', '1.5']) {
      expect(() => parseWaves([bad])).toThrow(
        `--waves: '${bad}' is no wave. Write numbers of devices or shares that grow, up to all of them, such as 1,10%,100%.`,
      );
    }
  });

  it('are totals: what would add nobody is left out', () => {
    const sizes = (text: string, n: number) => waveSizes(parseWaves(text.split(',')), n);
    expect(sizes('1,10%,100%', 100)).toEqual([1, 10, 100]);
    expect(sizes('1,10%,100%', 5)).toEqual([1, 5]);
    expect(sizes('1,10%,100%', 1)).toEqual([1]);
    expect(sizes('3,50%,100%', 4)).toEqual([3, 4]);
    expect(sizes('10%,100%', 11)).toEqual([2, 11]);
    expect(sizes('7,100%', 3)).toEqual([3]);
  });

  it('know when there are too many failures', () => {
    expect(parseMaxFailures('3')).toEqual({ count: 3 });
    expect(parseMaxFailures('12.5%')).toEqual({ share: 0.125 });
    expect(() => parseMaxFailures('few')).toThrow(
      "--max-failures: 'few' is neither a number of devices nor a share. Write it as 3 or 10%.",
    );
    expect(tooManyFailures({ count: 0 }, 1, 1, 1)).toBe('1 of 1 devices failed, and --max-failures is 0.');
    expect(tooManyFailures({ share: 0.1 }, 1, 1, 10)).toBeUndefined();
    expect(tooManyFailures({ share: 0.1 }, 1, 2, 10)).toBe('2 of 10 devices failed (20%), and --max-failures is 10%.');
    expect(tooManyFailures(undefined, 1, 10, 10)).toBeUndefined();
  });
});

it('back-off grows to five minutes, a quarter more or less', () => {
  expect([1, 2, 3, 8, 9, 10, 50].map((n) => backOff(n, 0.5))).toEqual([1000, 2000, 4000, 128_000, 256_000, 300_000, 300_000]);
  expect([backOff(1, 0), backOff(1, 1)]).toEqual([750, 1250]);
});

it('slots keep the order and the number, also where actions fail', async () => {
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const slots = new Slots(3);
  const all = Array.from({ length: 10 }, (_, i) =>
    slots
      .run(async () => {
        most = Math.max(most, ++running);
        order.push(i);
        await new Promise((done) => setTimeout(done, 5));
        running--;
        if (i % 2) throw new Error('odd');
      })
      .catch(() => 'failed'),
  );
  expect((await Promise.all(all)).filter((r) => r === 'failed')).toHaveLength(5);
  expect(order).toEqual([...Array(10).keys()]);
  expect(most).toBe(3);
});
