import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/ssh/connect.js';
import { projectRoot } from '../../shared.js';
import { hasSshd, processes, user } from '../../ssh/server.js';
import { Fleet } from './fleet.js';

describe.skipIf(!hasSshd)('a fleet', () => {
  it('has devices with a home, commands and variables of their own', async () => {
    const fleet = await Fleet.start(3, (i) => ({ env: { SERIAL: `no ${i}` }, ...(i === 1 && { commands: { uname: 'echo aarch64' } }) }));
    const { devices } = fleet;
    try {
      expect(devices.map((d) => d.name)).toEqual(['device-001', 'device-002', 'device-003']);
      expect(new Set(devices.map((d) => d.target)).size).toBe(3);
      devices[2].plant('sha256sum', 'echo broken >&2; exit 1');
      for (const [i, device] of devices.entries()) {
        writeFileSync(join(device.home, 'mine'), device.name);
        const connection = await connect(device.target, fleet.ssh());
        expect(device.target).toContain(`${user}@127.0.1.`);
        expect((await connection.exec('cat ~/mine; echo " $SERIAL"')).stdout).toBe(`${device.name} no ${i}\n`);
        expect((await connection.exec('uname')).stdout).toBe(i === 1 ? 'aarch64\n' : 'Linux\n');
        expect((await connection.exec('sha256sum < /dev/null')).code).toBe(i === 2 ? 1 : 0);
        await connection.close();
      }
    } finally {
      await fleet.close();
    }
    expect(existsSync(fleet.servers.folder)).toBe(false);
  });

  it('starts a hundred within ten seconds', async () => {
    const fleet = await Fleet.start(100);
    const known = readFileSync(fleet.ssh().knownHostsFiles?.[0] as string, 'utf8')
      .trim()
      .split('\n');
    await fleet.close();
    expect(new Set(known.map((line) => line.split(' ')[2])).size).toBe(100);
  });

  it.each([
    ['is killed', 'SIGKILL'],
    ['is interrupted', 'SIGINT'],
    ['throws', ''],
  ] as const)('leaves nothing behind where its process %s', async (_, signal) => {
    const url = (path: string): string => JSON.stringify(pathToFileURL(join(projectRoot, path)));
    // Beside a command of a session, one that has left it, as a service that was installed.
    const text = `
      const { Fleet } = await import(${url('test/deploy/bed/fleet.ts')});
      const { connect } = await import(${url('src/ssh/connect.ts')});
      const fleet = await Fleet.start(3);
      const connection = await connect(fleet.devices[0].target, fleet.ssh());
      await connection.exec('setsid sleep 61 < /dev/null > /dev/null 2>&1 &');
      const held = await connection.hold('echo; exec cat');
      fleet.devices[1].server.freeze();
      console.log(fleet.servers.folder);
      process.stdin.once('data', () => { throw new Error('as expected'); });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', text], {
      cwd: projectRoot,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [folder] = await new Promise<string[]>((done) => createInterface(child.stdout).once('line', (line) => done([line])));
    expect(folder).toContain('edgeml-sshd-');
    const ofFleet = (): string[] =>
      processes().flatMap((p) => (p.args.includes(folder) || environment(p.pid).includes(folder) ? p.args : []));
    expect(ofFleet().length).toBeGreaterThanOrEqual(5);
    if (signal) child.kill(signal);
    else child.stdin.write('\n');
    for (let i = 0; i < 200 && (existsSync(folder) || ofFleet().length > 0); i++) await sleep(25);
    expect([existsSync(folder), ...ofFleet()]).toEqual([false]);
  });
});

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It ended since it was listed, or is another user's.
    return '';
  }
}
