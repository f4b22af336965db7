import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPublicKey, generateKeyPair } from '../../../src/bundle/sign/key-files.js';
import { because } from '../../cli/run.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { currentRelease, noiseBytes, thereIs, Workplace } from './site.js';

const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
if (busybox === undefined && process.env.CI === 'true') throw new Error('There is no busybox: apt-get install busybox');
const missing = because(busybox === undefined, 'a device with nothing but busybox needs busybox (apt-get install busybox)');

describe.skipIf(!hasSshd || missing)('a device that has nothing but busybox', () => {
  const place = new Workplace();
  let fleet: Fleet;
  let one: Device;
  beforeAll(async () => {
    const bin = place.at('bin');
    mkdirSync(bin);
    for (const applet of execFileSync(busybox as string, ['--list'], { encoding: 'utf8' })
      .trim()
      .split('\n')) {
      // Nothing of it is to be asked that a small system may lack.
      if (!['od', 'xxd', 'openssl', 'awk', 'sed', 'sha512sum', 'setsid', 'perl'].includes(applet))
        symlinkSync(busybox as string, join(bin, applet));
    }
    fleet = await Fleet.start(1, () => ({ env: { PATH: bin } }));
    [one] = fleet.devices;
  });
  afterAll(() => fleet?.close());

  it('takes signed bundles, blocks of large files, hooks and health checks, and switches back', async () => {
    const { writeFileSync } = await import('node:fs');
    const keys = generateKeyPair();
    const pub = place.at('key.pub');
    writeFileSync(pub, formatPublicKey(keys.public));
    const large = noiseBytes(21, 1_500_000);
    const ssh = fleet.ssh();
    const key = keys.secret;
    const first = await place.deploy(await place.bundle('1', { 'w.bin': large }, { key }), [one.target], ssh, {
      trust: [pub],
      flags: { health: 'test -f w.bin' },
    });
    expect(first.devices[0]).toMatchObject({ status: 'updated', warnings: [] });
    const second = await place.deploy(
      await place.bundle('2', { 'w.bin': Buffer.concat([Buffer.from('x'), large]) }, { key }),
      [one.target],
      ssh,
    );
    expect(second.devices[0].status).toBe('updated');
    expect(second.devices[0].reused_bytes).toBeGreaterThan(1_200_000);
    expect(thereIs(one.home)).toEqual(['activation', 'current', 'history', 'releases']);
    const { digest } = currentRelease(one.home) as { digest: string };
    const sick = await place.deploy(await place.bundle('3', { v: '3' }, { key }), [one.target], ssh, {
      flags: { health: 'sleep 30', healthTimeout: 1000, healthRetries: 0 },
    });
    expect(sick.devices[0]).toMatchObject({ status: 'rolled-back', why: 'the health check did not end within 1 s (tried once)' });
    expect(currentRelease(one.home)?.digest).toBe(digest);
    const unsigned = await place.deploy(await place.bundle('4', { v: '4' }), [one.target], ssh);
    expect(unsigned.devices[0].status).toBe('refused');
  });
});
