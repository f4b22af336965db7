import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPublicKey, generateKeyPair } from '../../../src/bundle/sign/key-files.js';
import type { DeployOptions } from '../../../src/deploy/options.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { canMount, withReadOnlyDisk, withSmallDisk } from '../bed/tmpfs.js';
import { currentRelease, noiseBytes, Workplace } from './site.js';

/** What the scripts for devices call, beside sha256sum and the shell. */
const tools = [
  'cat',
  'chmod',
  'date',
  'df',
  'du',
  'head',
  'id',
  'kill',
  'ln',
  'mkdir',
  'mv',
  'nohup',
  'rm',
  'setsid',
  'sleep',
  'sync',
  'tail',
  'tr',
  'uname',
  'wc',
];

describe.skipIf(!hasSshd)('a device that cannot take a bundle', () => {
  const place = new Workplace();
  let fleet: Fleet;
  let ssh: SshOptions;
  let one: Device;
  let bare: Device;
  beforeAll(async () => {
    const bin = place.at('bin');
    mkdirSync(bin);
    symlinkSync('/bin/sh', join(bin, 'sh'));
    for (const tool of tools) symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(bin, tool));
    fleet = await Fleet.start(2, (i) => (i === 1 ? { env: { PATH: bin } } : {}));
    ssh = fleet.ssh();
    [one, bare] = fleet.devices;
  });
  afterAll(() => fleet?.close());

  /** One device is refused: its sentence, and that nothing was written there. */
  async function refusal(bundle: string, device: Device, options: Partial<DeployOptions> = {}): Promise<string> {
    const there = (): string[] =>
      existsSync(join(device.home, 'edgeml')) ? (readdirSync(join(device.home, 'edgeml'), { recursive: true }) as string[]) : [];
    const before = there();
    const report = await place.deploy(bundle, [device.target], ssh, options);
    expect({ exit: report.exit_code, status: report.devices[0].status, sent: report.devices[0].sent_bytes }).toEqual({
      exit: 5,
      status: 'refused',
      sent: 0,
    });
    // The folder in which the lock was stays.
    expect(there().filter((p) => !before.includes(p) && p !== 'app')).toEqual([]);
    return report.devices[0].why as string;
  }

  it('without sha256sum, or with one that gives wrong digests', async () => {
    const bundle = await place.bundle('1');
    expect(await refusal(bundle, bare)).toMatch(
      / has no sha256sum, without which nothing that arrives can be checked\. Install coreutils or busybox there\.$/,
    );
    one.plant('sha256sum', 'echo 0000');
    expect(await refusal(bundle, one)).toMatch(/ has a sha256sum that gives wrong digests, /);
    one.plant('sha256sum', 'exec /usr/bin/sha256sum "$@"');
  });

  it('of another architecture', async () => {
    one.plant('uname', 'case $1 in -m) echo armv7l ;; *) exec /usr/bin/uname "$@" ;; esac');
    const why = await refusal(await place.bundle('1', {}, { architecture: ['aarch64'] }), one);
    expect(why).toMatch(/ is a machine of the kind armv7l, and app 1 is made for aarch64\. Make a bundle for it\.$/);
    one.plant('uname', 'exec /usr/bin/uname "$@"');
  });

  it('with too little memory', async () => {
    const { createBundle } = await import('../../../src/bundle/build.js');
    const { openBundle } = await import('../../../src/bundle/open.js');
    const { requireFit } = await import('../../../src/deploy/device/plan.js');
    const { path } = await createBundle([await place.model()], place.at('ram.edgeml'), { name: 'app', golden: false });
    const bundle = await openBundle(path);
    const site = { connection: { name: 'pi' } } as Parameters<typeof requireFit>[0];
    const device = { machine: 'x86_64', freeRam: bundle.manifest.requires.ram_bytes - 1 } as Parameters<typeof requireFit>[1];
    expect(() => requireFit(site, device, bundle)).toThrow(
      /^pi has \d+ bytes of memory available, and app \S+ needs \d+\. End what runs there, or take a smaller model\.$/,
    );
  });

  it('that knows a key: unsigned, signed by somebody else, or changed after it was signed', async () => {
    const [ours, theirs] = [generateKeyPair(), generateKeyPair()];
    const pub = place.at('ours.pub');
    writeFileSync(pub, formatPublicKey(ours.public));
    const signed = await place.bundle('1', { v: '1' }, { key: ours.secret });
    const first = await place.deploy(signed, [one.target], ssh, { trust: [pub] });
    expect(first.devices[0].status).toBe('updated');
    expect(readdirSync(join(one.home, 'edgeml/trusted'))).toHaveLength(1);
    const { digest } = currentRelease(one.home) as { digest: string };

    expect(await refusal(await place.bundle('2', { v: '2' }), one)).toMatch(
      / takes only signed bundles, and app 2 is not signed\. Sign it: edgeml bundle … --sign KEY\.$/,
    );
    expect(await refusal(await place.bundle('3', { v: '3' }, { key: theirs.secret }), one)).toMatch(
      / knows the key [0-9A-F]+, and app 3 is signed with [0-9A-F]+\. Sign it with a key that the device knows, or bring the new one/,
    );
    expect(currentRelease(one.home)?.digest).toBe(digest);
    // The same key again, and nobody has to name it.
    const next = await place.deploy(await place.bundle('4', { v: '4' }, { key: ours.secret }), [one.target], ssh);
    expect(next.devices[0].status).toBe('updated');
  });

  it('checks signatures itself: what this side is made to believe is not enough', async () => {
    const { runScript } = await import('../../../src/deploy/device/script.js');
    const { checks } = await import('../../../src/deploy/device/transfer.js');
    const { connect } = await import('../../../src/ssh/connect.js');
    const { digest, folder } = currentRelease(one.home) as { digest: string; folder: string };
    const connection = await connect(one.target, ssh);
    try {
      const site = { connection, root: '~/edgeml', name: 'app', digest, token: 'test' };
      mkdirSync(join(one.home, 'edgeml/app/lock'));
      writeFileSync(join(one.home, 'edgeml/app/lock/token'), 'test');
      const check = () => runScript(site, [...checks, 'recheck'], { newkeys: '', minisig: '', learn: 'yes' }, { title: 'a check' });
      expect((await check()).first('checked')).toBe('yes');
      const signature = readFileSync(join(folder, 'SHA256SUMS.minisig'), 'utf8');
      const [, line] = signature.split('\n');
      const bytes = Buffer.from(line, 'base64');
      bytes[40] ^= 1;
      execFileSync('chmod', ['u+w', join(folder, 'SHA256SUMS.minisig')]);
      writeFileSync(join(folder, 'SHA256SUMS.minisig'), signature.replace(line, bytes.toString('base64')));
      await expect(check()).rejects.toMatchObject({ word: 'signature', detail: 'bad-signature' });
      writeFileSync(join(folder, 'SHA256SUMS.minisig'), signature);
      expect((await check()).first('checked')).toBe('yes');
      execFileSync('chmod', ['u+w', join(folder, 'v')]);
      appendFileSync(join(folder, 'v'), 'x');
      await expect(check()).rejects.toMatchObject({ word: 'damaged', detail: 'v' });
    } finally {
      execFileSync('rm', ['-rf', join(one.home, 'edgeml')]);
      await connection.close();
    }
  });

  it.skipIf(!canMount)('with too little space, told before anything is sent; and one that fills up on the way', async () => {
    const bundle = await place.bundle('1', { 'weights.bin': noiseBytes(5, 3_000_000) });
    await withSmallDisk(2 << 20, async ({ path }) => {
      const why = (await place.deploy(bundle, [one.target], ssh, { flags: { root: `${path}/edgeml` } })).devices[0].why;
      expect(why).toMatch(/ has \d+ bytes free at .*\/edgeml, and \d+ are needed\. Free some space there, or give another --root\.$/);
    });
    await withSmallDisk(6 << 20, async ({ path }) => {
      // It tells of more space than there is, as a disk that somebody else fills at the same time.
      one.plant('df', 'echo "x 99999999 0 99999999 0% /"');
      const full = await place.bundle('2', { 'weights.bin': noiseBytes(6, 8_000_000) });
      const good = await place.bundle('3', { 'weights.bin': noiseBytes(7, 100_000) });
      const flags = { root: `${path}/edgeml` };
      expect((await place.deploy(good, [one.target], ssh, { flags })).devices[0].status).toBe('updated');
      const report = await place.deploy(full, [one.target], ssh, { flags });
      expect(report.devices[0].status).toBe('refused');
      expect(report.devices[0].why).toMatch(/ has no space left: .*No space left on device/);
      expect(readFileSync(join(path, 'edgeml/app/current/weights.bin')).length).toBe(100_000);
      one.plant('df', 'exec /usr/bin/df "$@"');
      // What the full one left behind does not stand in the way of the next.
      expect((await place.deploy(await place.bundle('4', { v: '4' }), [one.target], ssh, { flags })).devices[0].status).toBe('updated');
      expect(existsSync(join(path, 'edgeml/app/incoming'))).toBe(false);
    });
  });

  it.skipIf(!canMount)('on a read-only file system', async () => {
    await withReadOnlyDisk(
      () => {},
      async ({ path }) => {
        const report = await place.deploy(await place.bundle('1'), [one.target], ssh, { flags: { root: `${path}/edgeml` } });
        expect(report.devices[0]).toMatchObject({ status: 'refused', sent_bytes: 0 });
        expect(report.devices[0].why).toMatch(
          / does not let \w+ write in .*, where .*\/edgeml\/app is to be|makes no folder below .*: .*[Rr]ead-only file system/,
        );
      },
    );
  });

  it('where something else stands at current', async () => {
    mkdirSync(join(one.home, 'edgeml/app/current'), { recursive: true });
    expect(await refusal(await place.bundle('1'), one)).toMatch(
      / has something at .*\/current that edgeml did not put there\. Move it away, or deploy under another --name\.$/,
    );
  });
});
