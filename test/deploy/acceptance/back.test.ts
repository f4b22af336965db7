import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { workedBefore } from '../../../src/deploy/device/rollback.js';
import type { HistoryEntry } from '../../../src/deploy/device/survey.js';
import { rollBack } from '../../../src/deploy/index.js';
import { fleetStatus } from '../../../src/deploy/status.js';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { hasSshd } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { currentRelease, Workplace } from './site.js';

it('what worked before is a stack: deployments add to it, going back takes off', () => {
  const entry = (text: string): HistoryEntry => {
    const [digest, kind = 'deploy', result = 'done'] = text.split(' ');
    return { time: '', result, digest, version: '', run: '', by: '', why: '', kind: kind as 'deploy' };
  };
  const stack = (...texts: string[]) => workedBefore({ history: texts.map(entry) } as never);
  expect(stack('a', 'b', 'c')).toEqual(['a', 'b', 'c']);
  expect(stack('a', 'b', 'c', 'b rollback')).toEqual(['a', 'b']);
  expect(stack('a', 'b', 'c', 'b rollback', 'a rollback')).toEqual(['a']);
  expect(stack('a', 'b', 'a', 'c deploy rolled-back')).toEqual(['a', 'b', 'a']);
  expect(stack('a', 'a')).toEqual(['a']);
});

describe.skipIf(!hasSshd)('going back', () => {
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
  const base = () => join(one.home, 'edgeml/app');
  const deploy = async (version: string, options = {}) =>
    (await place.deploy(await place.bundle(version, { v: version }), [one.target], ssh, options)).devices[0];
  const back = async () =>
    (await rollBack('app', undefined, { targets: [one.target], ssh, state: place.at('state'), rollout: { retries: 0 } })).devices[0];
  const version = () => readFileSync(join(currentRelease(one.home)?.folder as string, 'v'), 'utf8');
  const field = (name: string) => new RegExp(`^${name}\\t(.*)$`, 'm').exec(readFileSync(join(base(), 'activation'), 'utf8'))?.[1];
  /** As a power cut would leave it. */
  const cutAt = (step: string) =>
    writeFileSync(
      join(base(), 'activation'),
      readFileSync(join(base(), 'activation'), 'utf8')
        .replace(/^step\t.*$/m, `step\t${step}`)
        .replace(/^pid\t.*$/m, 'pid\t999999'),
    );

  it('twice goes back twice, and then says that there is no more', async () => {
    for (const v of ['1', '2', '3']) await deploy(v);
    expect([(await back()).version, version()]).toEqual(['2', '2']);
    expect([(await back()).version, version()]).toEqual(['1', '1']);
    const last = await back();
    expect(last).toMatchObject({ status: 'refused' });
    expect(last.why).toMatch(/has no earlier release of app that worked\. Deploy its bundle again\.$/);
  });

  it('that was cut short does not go back to what it left', async () => {
    for (const v of ['1', '2', '3']) await deploy(v);
    await back();
    cutAt('health');
    // The history has no end of it yet.
    const history = readFileSync(join(base(), 'history'), 'utf8').split('\n').slice(0, -2);
    writeFileSync(join(base(), 'history'), `${history.join('\n')}\n`);
    expect((await fleetStatus('app', { targets: [one.target], ssh, state: place.at('state') })).devices[0].state).toBe('interrupted');
    expect([(await back()).version, version()]).toEqual(['2', '2']);
  });

  it('by itself runs the hook in the release that is current again, with its version', async () => {
    await deploy('1');
    const flags = { health: 'exit 1', healthRetries: 0, hookAfter: 'echo "$(cat v) $EDGEML_VERSION $EDGEML_DIGEST" >>"$HOME/hook"' };
    const failed = await deploy('2', { flags });
    expect(failed.status).toBe('rolled-back');
    const [, second] = readFileSync(join(one.home, 'hook'), 'utf8').split('\n');
    expect(second).toBe(`1 1 ${currentRelease(one.home)?.digest}`);
  });

  it('comes after a release that was cut short twice: it may be what takes the device down', async () => {
    await deploy('1');
    await deploy('2');
    const { digest } = currentRelease(one.home) as { digest: string };
    cutAt('health');
    writeFileSync(join(base(), 'history'), readFileSync(join(base(), 'history'), 'utf8').replace(new RegExp(`^.*${digest}.*\n`, 'm'), ''));
    // The first cut may have been anything: the health check is run again.
    appendFileSync(join(base(), 'activation'), 'cuts\t1\n');
    const given = await place.deploy(await place.bundle('2', { v: '2' }), [one.target], ssh, { flags: { health: 'true' } });
    expect(given.devices[0]).toMatchObject({ status: 'rolled-back', why: 'the switch was cut short 2 times at the step health' });
    expect(version()).toBe('1');
  });

  it('does not end at a release that was never proven, whatever was tried since', async () => {
    await deploy('1');
    const { digest } = currentRelease(one.home) as { digest: string };
    await deploy('2');
    cutAt('health');
    writeFileSync(join(base(), 'history'), readFileSync(join(base(), 'history'), 'utf8').split('\n').slice(0, 1).join('\n') + '\n');
    expect((await deploy('3', { flags: { hookBefore: 'exit 1' } })).status).toBe('failed');
    expect((await fleetStatus('app', { targets: [one.target], ssh, state: place.at('state') })).devices[0].state).toBe('interrupted');
    const sick = await deploy('3', { flags: { health: 'exit 1', healthRetries: 0 } });
    expect(sick).toMatchObject({ status: 'rolled-back', from: digest });
    expect(version()).toBe('1');
  });

  it('is not what happens to a release that was proven, whatever became of another one', async () => {
    await deploy('1');
    expect((await deploy('2', { flags: { health: 'exit 1', healthRetries: 0 } })).status).toBe('rolled-back');
    const again = await deploy('1', { flags: { hookAfter: 'touch "$HOME/restarted"' } });
    expect(again.status).toBe('unchanged');
    expect(existsSync(join(one.home, 'restarted'))).toBe(false);
    // Where nothing tells that it worked, it has to show it.
    rmSync(join(base(), 'history'));
    rmSync(join(base(), 'activation'));
    expect((await deploy('1', { flags: { health: 'touch "$HOME/asked"' } })).status).toBe('updated');
    expect(existsSync(join(one.home, 'asked'))).toBe(true);
    expect([field('step'), statSync(join(base(), 'history')).mode & 0o077]).toEqual(['done', 0]);
  });

  it('leaves no room for releases that never worked where space or number is short', async () => {
    await deploy('1');
    for (const v of ['bad1', 'bad2', 'bad3'])
      expect((await deploy(v, { flags: { health: 'exit 1', healthRetries: 0 } })).status).toBe('rolled-back');
    await deploy('2', { flags: { keep: 2 } });
    const { devices } = await fleetStatus('app', { targets: [one.target], ssh, state: place.at('state') });
    expect(devices[0].others).toHaveLength(1);
    expect((await back()).version).toBe('1');
  });
});
