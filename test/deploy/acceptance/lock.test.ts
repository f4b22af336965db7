import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire } from '../../../src/deploy/device/lock.js';
import { connect } from '../../../src/ssh/connect.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { currentRelease, thereIs, Workplace } from './site.js';

describe.skipIf(!hasSshd)('two deployments to one device', () => {
  const place = new Workplace();
  let fleet: Fleet;
  let ssh: SshOptions;
  let one: Device;
  beforeAll(async () => {
    fleet = await Fleet.start(1);
    ssh = fleet.ssh();
    [one] = fleet.devices;
  });
  afterAll(() => fleet?.close());
  /** The process there that holds the lock. */
  const holder = (): number => Number(/^pid\t(\d+)$/m.exec(readFileSync(join(one.home, 'edgeml/app/lock/holder'), 'utf8'))?.[1]);
  const at = async () => {
    const connection = await connect(one.target, ssh);
    return { connection, place: { connection, root: '~/edgeml', name: 'app', digest: '' } };
  };

  it('come one after the other; the second waits', async () => {
    const [first, second] = [await place.bundle('1', { v: '1' }), await place.bundle('2', { v: '2' })];
    const both = await Promise.all([
      place.deploy(first, [one.target], ssh, { flags: { hookBefore: 'sleep 1' } }),
      sleep(400).then(() => place.deploy(second, [one.target], ssh)),
    ]);
    expect(both.map((r) => r.devices[0].status)).toEqual(['updated', 'updated']);
    expect(readFileSync(join(currentRelease(one.home)?.folder as string, 'v'), 'utf8')).toBe('2');
    expect(thereIs(one.home)).not.toContain('lock');
  });

  it('that cannot wait says who holds the lock', async () => {
    const { connection, place: there } = await at();
    const lock = await acquire(there, { who: 'anna@laptop, run 7', wait: 0 });
    const report = await place.deploy(await place.bundle('3'), [one.target], ssh, { lockWait: 1 });
    expect(report.devices[0]).toMatchObject({ status: 'failed', sent_bytes: 0 });
    expect(report.devices[0].why).toMatch(
      / is being updated by anna@laptop, run 7 since \d{4}-.*Z\. Wait until that has ended, or let edgeml wait longer with --lock-wait\.$/,
    );
    await lock.release();
    await connection.close();
    expect((await place.deploy(await place.bundle('3'), [one.target], ssh)).devices[0].status).toBe('updated');
  });

  it('takes away the lock of a holder that was killed, and that of a connection that is gone', async () => {
    const { connection, place: there } = await at();
    await acquire(there, { who: 'dead', wait: 0 });
    process.kill(holder(), 'SIGKILL');
    await sleep(100);
    expect(thereIs(one.home)).toContain('lock');
    const report = await place.deploy(await place.bundle('4'), [one.target], ssh, { lockWait: 1 });
    expect(report.devices[0].status).toBe('updated');
    await connection.close();

    const gone = await at();
    await acquire(gone.place, { who: 'gone', wait: 0 });
    await gone.connection.close();
    await sleep(300);
    expect(thereIs(one.home)).not.toContain('lock');
  });

  it('takes away the lock of a holder that is silent, which then changes nothing more', async () => {
    const { connection, place: there } = await at();
    const lock = await acquire(there, { who: 'silent', wait: 0 });
    // Its other end is gone and the network has not told: no sign of life is read any more.
    process.kill(holder(), 'SIGSTOP');
    const report = await place.deploy(await place.bundle('5', { v: '5' }), [one.target], ssh, { lockWait: 60_000 });
    expect(report.devices[0].status).toBe('updated');
    const { runScript } = await import('../../../src/deploy/device/script.js');
    await expect(runScript(lock.site, ['sweep'], { all: 'yes' }, { title: 'a change' })).rejects.toMatchObject({ word: 'lock-lost' });
    await connection.close();
  });
});
