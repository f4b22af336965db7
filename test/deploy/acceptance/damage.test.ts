import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBundle } from '../../../src/bundle/open.js';
import { formatPublicKey, generateKeyPair } from '../../../src/bundle/sign/key-files.js';
import { planDeployment } from '../../../src/deploy/preview.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { Relay } from '../bed/relay.js';
import { canMount, withSmallDisk } from '../bed/tmpfs.js';
import { currentRelease, faultOf, noiseBytes, thereIs, Workplace } from './site.js';

describe.skipIf(!hasSshd)('what goes wrong on a device', () => {
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
  beforeEach(() => rmSync(join(one.home, 'edgeml'), { recursive: true, force: true }));
  const deploy = async (bundle: string, options = {}) => (await place.deploy(bundle, [one.target], ssh, options)).devices[0];
  const damage = (path: string): void => {
    const bytes = readFileSync(path);
    bytes[0] ^= 1;
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
  };

  it('a release that was damaged since is noticed and mended, also where it is the current one', async () => {
    const first = await place.bundle('1', { v: '1', w: 'w' });
    await deploy(first);
    const { digest, folder } = currentRelease(one.home) as { digest: string; folder: string };
    damage(join(folder, 'v'));
    rmSync(join(folder, 'w'));
    const mended = await deploy(first);
    expect(mended.status).toBe('updated');
    expect(faultOf(folder, digest)).toBeUndefined();
    expect(statSync(join(folder, 'v')).mode & 0o777).toBe(0o444);
    await deploy(await place.bundle('2', { v: '2' }));
    damage(join(folder, 'v'));
    expect((await deploy(first)).status).toBe('updated');
    expect(currentRelease(one.home)?.digest).toBe(digest);
  });

  it('a sha256sum that ends early checks nothing, and nothing is taken for checked', async () => {
    one.plant(
      'sha256sum',
      'case $1 in -c) case $2 in -) exec /usr/bin/sha256sum "$@" ;; esac; exit 137 ;; esac; exec /usr/bin/sha256sum "$@"',
    );
    try {
      const device = await deploy(await place.bundle('1'));
      expect(device).toMatchObject({ status: 'refused' });
      expect(device.why).toMatch(/has a sha256sum that does not compare files/);
      expect(existsSync(join(one.home, 'edgeml/app/current'))).toBe(false);
      one.plant('sha256sum', 'case $1 in -c) echo "unknown option" >&2; exit 1 ;; esac; exec /usr/bin/sha256sum "$@"');
      expect((await deploy(await place.bundle('1'))).why).toMatch(/has a sha256sum that cannot compare \(-c\), without which/);
    } finally {
      one.plant('sha256sum', 'exec /usr/bin/sha256sum "$@"');
    }
  });

  it('the permissions of the release that runs stay, whatever the next one says of the same file', async () => {
    const script = place.at('serve');
    writeFileSync(script, '#!/bin/sh\n');
    chmodSync(script, 0o755);
    await deploy(await place.bundle('1', {}, { add: [script] }));
    const first = currentRelease(one.home)?.folder as string;
    chmodSync(script, 0o644);
    await deploy(await place.bundle('2', {}, { add: [script] }));
    const modes = [first, currentRelease(one.home)?.folder as string].map((f) => statSync(join(f, 'serve')).mode & 0o777);
    expect(modes).toEqual([0o555, 0o444]);
  });

  it('a file called like a temporary one of another is not written into', async () => {
    const big = noiseBytes(3, 400_000);
    await deploy(await place.bundle('1', { 'm.new': noiseBytes(4, 300_000) }));
    const first = currentRelease(one.home) as { digest: string; folder: string };
    const second = await place.bundle('2', { 'm.new': noiseBytes(4, 300_000), m: big });
    const tree = join(one.home, 'edgeml/app/incoming', (await openBundle(second)).digest, 'tree');
    mkdirSync(tree, { recursive: true });
    const wrong = Buffer.from(big.subarray(0, 200_000));
    wrong[150_000] ^= 1;
    writeFileSync(join(tree, 'm'), wrong);
    expect((await deploy(second)).status).toBe('updated');
    expect(faultOf(first.folder, first.digest)).toBeUndefined();
  });

  it('scripts of a connection that was lost are waited for', async () => {
    // The check of what arrived takes two seconds, and its connection is cut in the middle of it.
    one.plant('sha256sum', 'case $1 in -c) case $2 in -) ;; *) sleep 2 ;; esac ;; esac; exec /usr/bin/sha256sum "$@"');
    const relay = await Relay.start(one.server);
    try {
      const bundle = await place.bundle('1', { v: '1' });
      const deploying = place.deploy(bundle, [relay.target], fleet.ssh({}, [relay]), {
        rollout: { waves: [{ share: 1 }], retries: 3 } as never,
      });
      while (!thereIs(one.home).some((n) => n.startsWith('busy.'))) await sleep(20);
      while (!existsSync(join(one.home, 'edgeml/app/incoming'))) await sleep(20);
      await sleep(1200);
      relay.cut();
      const [device] = (await deploying).devices;
      expect(device.status).toBe('updated');
      expect(device.tries).toBeGreaterThan(1);
      expect(currentRelease(one.home)).toBeDefined();
    } finally {
      one.plant('sha256sum', 'exec /usr/bin/sha256sum "$@"');
      await relay.close();
    }
  });

  it('commands get the language that the device has, and not that of the scripts', async () => {
    const languages = [
      [await place.bundle('1'), 'C.UTF-8'],
      [await place.bundle('2', { v: '2' }), undefined],
    ] as const;
    for (const [bundle, lang] of languages) {
      one.plant('sh', `${lang === undefined ? 'unset LC_ALL' : `LC_ALL=${lang}; export LC_ALL`}; exec /bin/sh "$@"`);
      expect((await deploy(bundle, { flags: { hookBefore: `echo "$LC_ALL." >${join(one.home, 'language')}` } })).status).toBe('updated');
      expect(readFileSync(join(one.home, 'language'), 'utf8')).toBe(`${lang ?? ''}.\n`);
    }
    one.plant('sh', 'exec /bin/sh "$@"');
  });

  it('says why the lock cannot be made where the folder is there', async () => {
    await deploy(await place.bundle('1'));
    one.plant(
      'mkdir',
      'case "$*" in */lock) echo "mkdir: cannot create directory: Read-only file system" >&2; exit 1 ;; esac; exec /bin/mkdir "$@"',
    );
    try {
      expect((await deploy(await place.bundle('2', { v: '2' }))).why).toContain('Read-only file system');
    } finally {
      one.plant('mkdir', 'exec /bin/mkdir "$@"');
    }
  });

  it('variables of the fleet reach commands alone, whatever they are called, and are on no disk afterwards', async () => {
    const { runRollout } = await import('../../../src/deploy/run.js');
    const { chooseDevices } = await import('../../../src/deploy/devices.js');
    const { makeRun } = await import('../../../src/deploy/journal/runs.js');
    const { defaults } = await import('../rollout/clock.js');
    const bundle = await openBundle(await place.bundle('1'));
    const secret = 'open-sesame-0123456789';
    const variables = {
      PATH: '/nowhere:/usr/bin:/bin',
      HOME: '/elsewhere',
      token: 'mine',
      base: 'x y',
      digest: "it's",
      API_TOKEN: `${secret}\nsecond line`,
    };
    const flags = {
      health: 'echo "$API_TOKEN"; test "$HOME $token $base $digest" = "/elsewhere mine x y it\'s" || exit 9; exit 3',
      healthRetries: 0,
    };
    const { devices } = await chooseDevices({ targets: [one.target] }, flags);
    const [device] = devices.map((d) => ({ ...d, variables }));
    const head = {
      ...{
        run: 'r',
        kind: 'deploy' as const,
        name: 'app',
        trust: [],
        selection: {},
        flags,
        options: { ...defaults, retries: 0 },
        lockWait: 1000,
      },
      ...{ devices: [{ name: device.name, target: device.target }], by: 'me', tool: 'edgeml' },
    };
    const folder = makeRun(place.at('vars'), 'r');
    const report = await runRollout({ head, folder, devices: [device], bundle, newKeys: [], ssh });
    expect(report.devices[0].status).toBe('rolled-back');
    expect(report.devices[0].why).toMatch(/ended with status 3: \*\*\* ?(\*\*\*)? ?\(tried once\)$/);
    expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).not.toContain('sesame');
    const { fleetStatus } = await import('../../../src/deploy/status.js');
    // Whoever looks without the fleet file does not know what is secret: the device itself has to keep it back.
    const status = JSON.stringify(await fleetStatus('app', { targets: [one.target], ssh, state: place.at('vars') }));
    expect(status).toContain('ended with status 3: ***');
    expect(status).not.toContain('sesame');
    const { execFileSync } = await import('node:child_process');
    const left = execFileSync('sh', ['-c', `grep -rlE 'mine|sesame' "$1" || true`, 'sh', join(one.home, 'edgeml')], { encoding: 'utf8' });
    expect(left).toBe('');
  });

  it('a device learns keys from what known keys have signed, and from nothing else', async () => {
    const [ours, next, evil] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
    const pub = (name: string, pair: typeof ours): string => {
      writeFileSync(place.at(name), formatPublicKey(pair.public));
      return place.at(name);
    };
    const [k1, k2, k3] = [pub('k1', ours), pub('k2', next), pub('k3', evil)];
    const files = { v: 'same' };
    // Unsigned first, then the same content signed: the signature is sent, and nothing else.
    await deploy(await place.bundle('1', files));
    expect(await deploy(await place.bundle('1', files, { key: ours.secret }), { trust: [k1] })).toMatchObject({
      status: 'unchanged',
      sent_bytes: 0,
    });
    // Somebody who holds a signed bundle cannot bring a key along.
    await deploy(await place.bundle('1', files, { key: ours.secret }), { trust: [k1, k3] });
    expect((await deploy(await place.bundle('2', { v: 'evil' }, { key: evil.secret }))).status).toBe('refused');
    // Whoever has the known key can.
    expect((await deploy(await place.bundle('3', files, { key: ours.secret, introduce: [next.public] }))).status).toBe('updated');
    expect((await deploy(await place.bundle('4', { v: 'next' }, { key: next.secret }), { trust: [k2] })).status).toBe('updated');
  });

  it.skipIf(!canMount)('old releases go first where they are all that is in the way', async () => {
    await withSmallDisk(7_680 << 10, async ({ path }) => {
      const flags = { root: `${path}/edgeml`, health: 'test ! -e bad', healthRetries: 0 };
      const bundle = (v: string, seed: number, more = {}) => place.bundle(v, { 'w.bin': noiseBytes(seed, 1_800_000), ...more });
      expect((await deploy(await bundle('1', 1), { flags })).status).toBe('updated');
      for (const [i, v] of ['bad1', 'bad2'].entries())
        expect((await deploy(await bundle(v, 10 + i, { bad: '' }), { flags: { ...flags, keep: 2 } })).status).toBe('rolled-back');
      const second = await bundle('2', 2);
      const targets = { targets: [one.target], ssh, state: place.at('state') };
      // With all of them kept it does not fit.
      expect((await planDeployment(second, { ...targets, flags: { ...flags, keep: 9 } })).devices[0].why).toMatch(
        /bytes free at .* are needed/,
      );
      expect((await deploy(second, { flags: { ...flags, keep: 2 } })).status).toBe('updated');
    });
  });
});
