import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshOptions } from '../../../src/ssh/settings.js';
import { hasSshd, makeKey } from '../../ssh/server.js';
import { type Device, Fleet } from '../bed/fleet.js';
import { currentRelease, Workplace } from './site.js';

describe.skipIf(!hasSshd)('the way to a device', () => {
  const place = new Workplace();
  let fleet: Fleet;
  let bundle: string;
  let gate: Device;
  let inside: Device;
  beforeAll(async () => {
    fleet = await Fleet.start(2);
    bundle = await place.bundle('1');
    [gate, inside] = fleet.devices;
  });
  afterAll(() => fleet?.close());
  const deploy = async (device: Device, ssh: SshOptions, target = device.target) => (await place.deploy(bundle, [target], ssh)).devices[0];

  it('goes through a jump host', async () => {
    const device = await deploy(inside, fleet.ssh({ jump: gate.target }));
    expect(device.status).toBe('updated');
    expect(currentRelease(inside.home)).toBeDefined();
    // The gate was asked to pass the connection on to the device behind it.
    expect(gate.server.log()).toContain(`target ${inside.server.host} port ${inside.server.port}`);
  });

  it('uses the keys of an agent', async () => {
    const key = join(place.folder, 'id_agent');
    makeKey(key, 'ed25519');
    fleet.servers.authorize(`${key}.pub`);
    const socket = join(place.folder, 'agent');
    const [, pid] = /SSH_AGENT_PID=(\d+)/.exec(execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })) ?? [];
    try {
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      expect((await deploy(gate, fleet.ssh({ identityFiles: undefined, agent: socket }))).status).toBe('updated');
    } finally {
      process.kill(Number(pid));
    }
  });

  it('opens an encrypted key, and says so where there is no passphrase', async () => {
    const key = join(place.folder, 'id_encrypted');
    makeKey(key, 'ed25519', 'correct horse');
    fleet.servers.authorize(`${key}.pub`);
    const locked = await deploy(gate, fleet.ssh({ identityFiles: [key], passphrase: async () => undefined }));
    expect(locked.status).toBe('refused');
    expect(locked.why).toMatch(
      /id_encrypted is encrypted and there is no passphrase for it; add it to the agent \(ssh-add\) or set EDGEML_SSH_PASSPHRASE/,
    );
    const asked: string[] = [];
    const passphrase = async (file: string) => {
      asked.push(file);
      return 'correct horse';
    };
    const opened = await deploy(gate, fleet.ssh({ identityFiles: [key], passphrase }));
    expect({ status: opened.status, asked }).toEqual({ status: 'unchanged', asked: [key] });
  });

  it('ends at a host key that is unknown or changed: nothing is sent, and exit code 4 where that was all', async () => {
    const known = join(place.folder, 'known');
    const log = gate.server.log().length;
    writeFileSync(known, '');
    const report = await place.deploy(bundle, [gate.target], fleet.ssh({ knownHostsFiles: [known] }));
    expect(report.exit_code).toBe(4);
    expect(report.devices[0].status).toBe('refused');
    expect(report.devices[0].why).toMatch(
      /shows the host key ssh-ed25519 SHA256:\S+, which is not in .*known\. Nothing was sent\..*--accept-new-host-keys\.$/,
    );
    writeFileSync(known, `${inside.server.knownHost().replace(/^\S+/, `[${gate.server.host}]:${gate.server.port}`)}\n`);
    const changed = await place.deploy(bundle, [gate.target], fleet.ssh({ knownHostsFiles: [known] }));
    expect(changed.exit_code).toBe(4);
    expect(changed.devices[0].why).toMatch(/but .*known line 1 knows it by ssh-ed25519 SHA256:\S+\. Nothing was sent\./);
    // No user name was offered in either.
    expect(gate.server.log().slice(log)).not.toMatch(/userauth-request for user/);
    writeFileSync(known, '');
    const accepted = await place.deploy(bundle, [gate.target], fleet.ssh({ knownHostsFiles: [known] }), {
      flags: { acceptNewHostKeys: true },
    });
    expect(accepted.devices[0].status).toBe('unchanged');
  });

  it('says so where the user is wrong, and where nothing answers', async () => {
    const stranger = await place.deploy(bundle, [gate.target.replace(/^[^@]+/, 'nosuchuser')], fleet.ssh());
    expect(stranger.exit_code).toBe(4);
    expect(stranger.devices[0]).toMatchObject({ status: 'refused' });
    expect(stranger.devices[0].why).toMatch(/it accepts none of the keys offered for the user 'nosuchuser'/);
    const [host] = gate.target.split(':');
    const silent = await place.deploy(bundle, [`${host}:1`], fleet.ssh());
    expect(silent.exit_code).toBe(4);
    expect(silent.devices[0]).toMatchObject({ status: 'offline', tries: 1 });
    expect(silent.devices[0].why).toMatch(/nothing answers there/);
  });
});
