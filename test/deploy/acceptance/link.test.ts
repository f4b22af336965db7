import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { Relay } from '../bed/relay.js';
import { currentRelease, noiseBytes, Workplace } from './site.js';

const size = 1_500_000;

describe.skipIf(!hasSshd)('a slow link that breaks', () => {
  const place = new Workplace();
  let fleet: Fleet;
  let one: Device;
  beforeAll(async () => {
    fleet = await Fleet.start(1);
    [one] = fleet.devices;
  });
  afterAll(() => fleet?.close());

  it('is gone on with where it broke: what was there is not sent again', async () => {
    const weights = noiseBytes(11, size);
    const relay = await Relay.start(one.server, { delayMs: 40, rateBytesPerSecond: 400_000, cutAfterBytes: [500_000, 500_000, 200_000] });
    try {
      const bundle = await place.bundle('1', { 'weights.bin': weights });
      const report = await place.deploy(bundle, [relay.target], fleet.ssh({}, [relay]), {
        rollout: { waves: [{ share: 1 }], retries: 5 } as never,
      });
      const [device] = report.devices;
      expect(device).toMatchObject({ status: 'updated', tries: 4 });
      expect(readFileSync(join(currentRelease(one.home)?.folder as string, 'weights.bin')).equals(weights)).toBe(true);
      // Each cut loses what was on its way, a third of a second of the link or so; handshakes and scripts come on top.
      const overhead = relay.bytesToDevice - size;
      expect(overhead).toBeGreaterThan(0);
      expect(overhead).toBeLessThan(0.3 * size);
      expect(device.resumed_bytes).toBeGreaterThan(0.4 * size);
    } finally {
      await relay.close();
    }
  });

  it('does not take a file for right that only has the right length', async () => {
    const { mkdirSync, writeFileSync } = await import('node:fs');
    const { openBundle } = await import('../../../src/bundle/open.js');
    const weights = noiseBytes(12, size);
    const bundle = await place.bundle('2', { 'weights.bin': weights });
    const { digest } = await openBundle(bundle);
    const tree = join(one.home, 'edgeml/app/incoming', digest, 'tree');
    mkdirSync(tree, { recursive: true });
    const wrong = Buffer.from(weights);
    wrong[1_000_000] ^= 1;
    writeFileSync(join(tree, 'weights.bin'), wrong);
    const report = await place.deploy(bundle, [one.target], fleet.ssh());
    expect(report.devices[0].status).toBe('updated');
    expect(readFileSync(join(currentRelease(one.home)?.folder as string, 'weights.bin')).equals(weights)).toBe(true);
    // What stands before the first wrong block was not sent again.
    expect(report.devices[0].sent_bytes).toBeLessThan(size - 800_000);
  });

  it('is waited for: a device that is off is tried until it is there', async () => {
    const relay = await Relay.start(one.server);
    relay.refuse = true;
    const timer = setTimeout(() => {
      relay.refuse = false;
    }, 2500);
    try {
      const report = await place.deploy(await place.bundle('3', { v: '3' }), [relay.target], fleet.ssh({}, [relay]), { wait: 60_000 });
      expect(report.devices[0].status).toBe('updated');
      expect(report.devices[0].tries).toBeGreaterThanOrEqual(2);
      expect(relay.refused).toBeGreaterThanOrEqual(1);
    } finally {
      clearTimeout(timer);
      await relay.close();
    }
  });
});
