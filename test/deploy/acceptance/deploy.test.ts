import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle } from '../../../src/bundle/open.js';
import { rollBack } from '../../../src/deploy/index.js';
import { planDeployment } from '../../../src/deploy/preview.js';
import { fleetStatus } from '../../../src/deploy/status.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { currentRelease, noiseBytes, thereIs, Workplace } from './site.js';

describe.skipIf(!hasSshd)('deploy to a real OpenSSH server', () => {
  const place = new Workplace();
  let fleet: Fleet;
  let ssh: SshOptions;
  let one: Device;
  let two: Device;
  beforeAll(async () => {
    fleet = await Fleet.start(2);
    ssh = fleet.ssh();
    [one, two] = fleet.devices;
  });
  afterAll(() => fleet?.close());
  const options = () => ({ targets: fleet.devices.map((d) => d.target), ssh, state: place.at('state') });

  it('tells in a plan what would change, and changes nothing', async () => {
    const bundle = await place.bundle('1', { 'labels.txt': 'a\nb\n' });
    const plan = await planDeployment(bundle, options());
    expect(plan.exit_code).toBe(0);
    expect(plan.devices.map(({ action, from, steps, wave }) => ({ action, from, steps, wave }))).toEqual([
      { action: 'update', from: undefined, steps: ['send', 'check', 'switch'], wave: 1 },
      { action: 'update', from: undefined, steps: ['send', 'check', 'switch'], wave: 2 },
    ]);
    const sent = (await openBundle(bundle)).files.reduce((sum, f) => sum + f.bytes, 0);
    expect(plan.devices.map((d) => d.send_bytes)).toEqual([sent, sent]);
    expect(existsSync(join(one.home, 'edgeml'))).toBe(false);
  });

  it('deploys, deploys again without sending anything, updates by what differs, and rolls back', async () => {
    const [first, second] = [await place.bundle('1', { 'labels.txt': 'a\nb\n' }), await place.bundle('2', { 'labels.txt': 'a\nb\nc\n' })];
    const [a, b] = [await openBundle(first), await openBundle(second)];
    const targets = fleet.devices.map((d) => d.target);

    const done = await place.deploy(first, targets, ssh);
    expect(done.devices.map((d) => d.status)).toEqual(['updated', 'updated']);
    expect(done.exit_code).toBe(0);
    const all = a.files.reduce((sum, f) => sum + f.bytes, 0);
    expect(done.devices.map((d) => d.sent_bytes)).toEqual([all, all]);
    for (const d of fleet.devices) expect(currentRelease(d.home)?.digest).toBe(a.digest);
    expect(thereIs(one.home)).toEqual(['activation', 'current', 'history', 'releases']);

    const again = await place.deploy(first, targets, ssh);
    expect(again.devices.map(({ status, sent_bytes }) => ({ status, sent_bytes }))).toEqual([
      { status: 'unchanged', sent_bytes: 0 },
      { status: 'unchanged', sent_bytes: 0 },
    ]);

    const updated = await place.deploy(second, targets, ssh);
    const [before, after] = [new Set(a.files.map((f) => f.sha256)), b.files];
    const news = after.filter((f) => !before.has(f.sha256)).reduce((sum, f) => sum + f.bytes, 0);
    const total = after.reduce((sum, f) => sum + f.bytes, 0);
    expect(updated.devices.map((d) => [d.sent_bytes, d.reused_bytes])).toEqual([
      [news, total - news],
      [news, total - news],
    ]);
    expect(currentRelease(two.home)?.digest).toBe(b.digest);
    expect(readFileSync(join(one.home, 'edgeml/app/current/labels.txt'), 'utf8')).toBe('a\nb\nc\n');

    const back = await rollBack('app', undefined, options());
    expect(back.devices.map((d) => [d.status, d.from, d.to])).toEqual([
      ['updated', b.digest, a.digest],
      ['updated', b.digest, a.digest],
    ]);
    expect(currentRelease(one.home)?.digest).toBe(a.digest);

    const { devices } = await fleetStatus(undefined, options());
    expect(devices.map(({ state, digest, version, others }) => ({ state, digest, version, others }))).toEqual(
      [one, two].map(() => ({ state: 'works', digest: a.digest, version: '1', others: [{ digest: b.digest, version: '2' }] })),
    );
    expect(devices[0].history?.map((h) => [h.result, h.version])).toEqual([
      ['done', '1'],
      ['done', '2'],
      ['done', '1'],
    ]);
  });

  it('sends of a large file only the blocks that are new', async () => {
    const large = noiseBytes(1, 4_000_000);
    const changed = Buffer.concat([large.subarray(0, 1_500_000), Buffer.from('something new in the middle'), large.subarray(1_500_000)]);
    await place.deploy(await place.bundle('3', { 'weights.bin': large }), [one.target], ssh);
    const report = await place.deploy(await place.bundle('4', { 'weights.bin': changed }), [one.target], ssh);
    expect(report.devices[0].status).toBe('updated');
    // Chunks have at most 256 kB; manifest and sums come on top.
    expect(report.devices[0].sent_bytes).toBeLessThan(300_000);
    expect(report.devices[0].reused_bytes).toBeGreaterThan(3_700_000);
    expect(currentRelease(one.home)?.folder && readFileSync(join(one.home, 'edgeml/app/current/weights.bin')).equals(changed)).toBe(true);
  });

  it('does not trust what the device has: a damaged file of an older release is sent whole', async () => {
    const large = noiseBytes(2, 2_000_000);
    await place.deploy(await place.bundle('5', { 'weights.bin': large, 'other.bin': noiseBytes(3, 5000) }), [one.target], ssh);
    const folder = currentRelease(one.home)?.folder as string;
    for (const name of ['weights.bin', 'other.bin']) {
      const bytes = readFileSync(join(folder, name));
      bytes[1000] ^= 1;
      writeFileSync(join(folder, name), bytes, { mode: 0o644 });
    }
    const changed = Buffer.concat([large, Buffer.from('more')]);
    const report = await place.deploy(
      await place.bundle('6', { 'weights.bin': changed, 'other.bin': noiseBytes(3, 5000) }),
      [one.target],
      ssh,
    );
    expect(report.devices[0].status).toBe('updated');
    expect(report.devices[0].sent_bytes).toBeGreaterThan(2_000_000);
    // What the second round finds was sent by the first: nothing was cut off before.
    expect(report.devices[0].resumed_bytes ?? 0).toBe(0);
    expect(readFileSync(join(currentRelease(one.home)?.folder as string, 'weights.bin')).equals(changed)).toBe(true);
  });

  it('keeps the newest releases, and gives programs the right to run', async () => {
    const script = place.at('serve');
    writeFileSync(script, '#!/bin/sh\necho served\n', { mode: 0o755 });
    for (const version of ['7', '8', '9'])
      await place.deploy(await place.bundle(version, { v: version }, { add: [script] }), [one.target], ssh);
    const status = await fleetStatus('app', { ...options(), targets: [one.target] });
    expect(status.devices[0].others).toHaveLength(2);
    const modes = ['serve', 'v'].map((f) => statSync(join(one.home, 'edgeml/app/current', f)).mode & 0o777);
    expect(modes).toEqual([0o555, 0o444]);
  });

  it('switches back by itself where the health check fails, and says why', async () => {
    const before = currentRelease(one.home)?.digest;
    const bundle = await place.bundle('sick', { v: 'sick' });
    const flags = {
      health: 'echo "it is broken" >&2; grep -q well v',
      healthRetries: 1,
      hookAfter: 'echo "$EDGEML_VERSION-$EDGEML_ROLLED_BACK" >>"$HOME/hooks"',
    };
    const report = await place.deploy(bundle, [one.target], ssh, { flags });
    expect(report.exit_code).toBe(5);
    expect(report.devices[0]).toMatchObject({ status: 'rolled-back', from: before });
    expect(report.devices[0].why).toMatch(/^the health check ended with status 1: it is broken \(tried 2 times\)$/);
    expect(currentRelease(one.home)?.digest).toBe(before);
    expect(readFileSync(join(one.home, 'hooks'), 'utf8')).toBe('sick-\n9-1\n');
  });

  it('switches nothing where the hook before fails, and ends commands that take too long', async () => {
    const before = currentRelease(one.home)?.digest;
    const bundle = await place.bundle('slow', { v: 'slow' });
    const failed = await place.deploy(bundle, [one.target], ssh, { flags: { hookBefore: 'exit 7' } });
    expect(failed.devices[0]).toMatchObject({ status: 'failed', why: 'the hook before the switch ended with status 7' });
    expect(currentRelease(one.home)?.digest).toBe(before);
    const late = await place.deploy(bundle, [one.target], ssh, { flags: { health: 'sleep 60', healthTimeout: 1000, healthRetries: 0 } });
    expect(late.devices[0]).toMatchObject({ status: 'rolled-back', why: 'the health check did not end within 1 s (tried once)' });
    expect(currentRelease(one.home)?.digest).toBe(before);
  });
});
