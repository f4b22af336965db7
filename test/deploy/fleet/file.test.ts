import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readFleet } from '../../../src/deploy/fleet/file.js';
import { settingsFor } from '../../../src/ssh/settings.js';
import { device, faultsOf, fleet, plain, sound } from './fleets.js';

const example = `
defaults:
  user: pi
  root: ~/models/
  identity: [keys/fleet, ~/.ssh/id_old]
  health: ./check
  hooks: { before: ./stop, after: ./start, timeout: 5m }
  variables: { SITE: none, LANG: C }
  labels: [outdoor, pi]
groups:
  site-a:
    jump: admin@gw.example.com
    port: 2222
    keep: 2
    variables: { SITE: a }
    hosts: ['cam-[01:03]', 'lab-*']
  staging:
    keep: 1
    known-hosts: staging_hosts
    hosts:
      stage-1: { host: 'fe80::1', labels: [new, pi] }
hosts:
  cam-[01:03]: { host: 'cam-[11:13].local' }
  lab-1:
    host: 192.168.1.30
    user: root
    groups: staging
    health: { command: ./selftest, timeout: 1.5s, retries: 0, delay: 500ms }
    variables: { LANG: de, X: '1' }
  lab-2: { jump: none, health: none, hooks: {}, root: /opt/edgeml }
  plain-name:
`;

describe('a fleet file', () => {
  it('is read into devices', async () => {
    const { path, devices, groups, warnings } = await fleet(example);
    const ssh = { identityFiles: ['/srv/fleet/keys/fleet', '/users/me/.ssh/id_old'] };
    const common = {
      labels: ['outdoor', 'pi'],
      root: '~/models',
      health: { command: './check', timeoutMs: 30_000, retries: 3, delayMs: 2_000 },
      hooks: { before: './stop', after: './start', timeoutMs: 300_000 },
      ssh,
    };
    const inA = {
      ...common,
      groups: ['site-a'],
      keep: 2,
      variables: { SITE: 'a', LANG: 'C' },
      ssh: { ...ssh, jump: 'admin@gw.example.com' },
    };
    expect({ path, groups, warnings }).toEqual({ path: '/srv/fleet/fleet.yaml', groups: ['site-a', 'staging'], warnings: [] });
    expect(devices).toEqual([
      plain('stage-1', {
        ...{ ...common, target: 'pi@[fe80::1]', groups: ['staging'], keep: 1, variables: { SITE: 'none', LANG: 'C' } },
        ...{ labels: ['outdoor', 'pi', 'new'], ssh: { ...ssh, knownHostsFiles: ['/srv/fleet/staging_hosts'] } },
      }),
      plain('cam-01', { ...inA, target: 'pi@cam-11.local:2222' }),
      plain('cam-02', { ...inA, target: 'pi@cam-12.local:2222' }),
      plain('cam-03', { ...inA, target: 'pi@cam-13.local:2222' }),
      plain('lab-1', {
        ...{ ...inA, target: 'root@192.168.1.30:2222', groups: ['site-a', 'staging'], keep: 1 },
        health: { command: './selftest', timeoutMs: 1_500, retries: 0, delayMs: 500 },
        variables: { SITE: 'a', LANG: 'de', X: '1' },
        ssh: { ...inA.ssh, knownHostsFiles: ['/srv/fleet/staging_hosts'] },
      }),
      plain('lab-2', {
        ...{ ...inA, target: 'pi@lab-2:2222', root: '/opt/edgeml', hooks: { timeoutMs: 60_000 }, health: undefined },
        ssh: { ...ssh, jump: 'none' },
      }),
      plain('plain-name', { ...common, target: 'pi@plain-name', variables: { SITE: 'none', LANG: 'C' } }),
    ]);
  });

  it('gives what a journal gives back', async () => {
    const { devices } = await fleet(example);
    expect(JSON.parse(JSON.stringify(devices))).toStrictEqual(devices);
  });

  it('leaves to ~/.ssh/config what it does not say', async () => {
    const bare = await device('hosts: { cam: }', 'cam');
    expect(bare).toStrictEqual(plain('cam'));
    const { target, ssh } = await device('hosts: { cam: { user: pi, host: cam.local, port: 2222, jump: gw } }', 'cam');
    expect(settingsFor(target, { ...ssh, configFiles: [] })).toMatchObject({ user: 'pi', host: 'cam.local', port: 2222, jumps: ['gw'] });
  });

  it('takes a later group before an earlier one, whatever the order under the device', async () => {
    const text = (first: string, second: string) =>
      `groups: { ${first}: { user: ${first} }, ${second}: { user: ${second} } }\nhosts: { a: { groups: [g, h] } }`;
    expect(await device(text('g', 'h'), 'a')).toMatchObject({ target: 'h@a', groups: ['g', 'h'] });
    expect(await device(text('h', 'g'), 'a')).toMatchObject({ target: 'g@a', groups: ['h', 'g'] });
  });

  it('pairs names with hosts', async () => {
    const { devices } = await fleet(`hosts:\n  r[1:2]-[a:b]: { host: '10.[7:8].0.[1:3:2]' }\n`);
    expect(devices.map((d) => `${d.name}=${d.target}`)).toEqual(['r1-a=10.7.0.1', 'r1-b=10.7.0.3', 'r2-a=10.8.0.1', 'r2-b=10.8.0.3']);
    await fc.assert(
      fc.asyncProperty(fc.nat(30), fc.nat(30), fc.integer({ min: 0, max: 40 }), async (name, host, length) => {
        const text = `hosts:\n  n-[${name}:${name + length}]: { host: 'h[${host}:${host + length}].local' }\n`;
        const found = (await fleet(text)).devices.map((d) => `${d.name}=${d.target}`);
        expect(found).toEqual(Array.from({ length: length + 1 }, (_, i) => `n-${name + i}=h${host + i}.local`));
      }),
    );
  });

  it('keeps the order of the file', async () => {
    const hosts = 'hosts: { z: , a: }';
    const groups = 'groups: { g: { hosts: { m: } } }';
    expect((await fleet(`${hosts}\n${groups}`)).devices.map((d) => d.name)).toEqual(['z', 'a', 'm']);
    expect((await fleet(`${groups}\n${hosts}`)).devices.map((d) => d.name)).toEqual(['m', 'z', 'a']);
  });

  it('may stand for a hundred thousand devices', async () => {
    const { devices } = await fleet('groups: { g: { hosts: "*9" } }\nhosts:\n  cam-[000001:100000]:\n');
    expect(devices.length).toBe(100_000);
    expect(devices.filter((d) => d.groups.length > 0).length).toBe(10_000);
    expect(devices.at(-1)?.name).toBe('cam-100000');
    expect(await faultsOf('hosts:\n  a:\n  cam-[000001:100000]:\n  b[1:2]:')).toBe(
      'fleet.yaml:3:3: hosts.cam-[000001:100000]: with its 100000 devices the file has 100001: 100000 is the most.',
    );
  });

  it.each(sound)('warns of nothing in %s', async (text) => {
    expect((await fleet(text)).warnings).toEqual([]);
  });
});

describe('warnings', () => {
  const warnings = async (text: string): Promise<readonly string[]> =>
    (await fleet(text)).warnings.map((w) => w.replace('/srv/fleet/', ''));

  it('tell of names for one target and folder, unless a gateway or a folder parts them', async () => {
    expect(
      await warnings('hosts:\n  a: { host: x }\n  x:\n  b: { host: X }\n  y: { host: x, root: ~/two }\n  z: { host: x, jump: gw }\n'),
    ).toEqual(["fleet.yaml:3:3: 'x' and 1 more and 'a' have one target, x, and one folder on it, ~/edgeml."]);
  });

  it('tell of words that mean two things', async () => {
    expect(await warnings('groups:\n  lab: { hosts: a, labels: a }\n  pi: { hosts: lab, labels: pi }\nhosts:\n  a:\n  lab:\n')).toEqual([
      "fleet.yaml:2:3: 'lab' is a device and a group: a plain lab selects both; write host:lab or group:lab for one of them.",
      "fleet.yaml:3:3: 'pi' is a group and a label: a plain pi selects both; write group:pi or label:pi for one of them.",
      "fleet.yaml:5:3: 'a' is a device and a label: a plain a selects both; write host:a or label:a for one of them.",
    ]);
  });

  it('tell of variables that look like secrets', async () => {
    const about = 'looks like a secret: this file holds it as plain text. Keep it on the device and let the command read it there.';
    const names = '{ DB_PASSWORD: x, apiKey: x, COMPASS: x, TOKENIZER: x, GH_TOKEN: x }';
    expect(await warnings(`hosts:\n  a:\n    variables: ${names}\n`)).toEqual([
      `fleet.yaml:3:18: DB_PASSWORD ${about}`,
      `fleet.yaml:3:34: apiKey ${about}`,
      `fleet.yaml:3:71: GH_TOKEN ${about}`,
    ]);
  });

  it('are not many', async () => {
    const text = `hosts: {${Array.from({ length: 30 }, (_, i) => ` a${i}: { host: h${i} }, b${i}: { host: h${i} }`).join(',')} }`;
    const told = await warnings(text);
    expect(told.length).toBe(21);
    expect(told.at(-1)).toBe('… and 10 more warnings.');
  });
});

describe('reading', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-fleet-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('takes paths relative to the file, and ~ as the home of who reads it', async () => {
    const path = join(folder, 'fleet.yaml');
    writeFileSync(path, 'hosts: { a: { identity: [id, ~/id, /x/id] } }');
    expect((await readFleet(path)).devices[0].ssh).toEqual({ identityFiles: [join(folder, 'id'), join(homedir(), 'id'), '/x/id'] });
  });

  it('says what it cannot read', async () => {
    await expect(readFleet(join(folder, 'none.yaml'))).rejects.toThrow(
      /^Cannot read the fleet file .*none\.yaml: there is no such file\. docs\/fleet\.md shows what stands in one\.$/,
    );
    const path = join(folder, 'large.yaml');
    writeFileSync(path, '#'.repeat((4 << 20) + 1));
    await expect(readFleet(path)).rejects.toThrow(
      `${path} has 4194305 bytes; a fleet file has at most 4 MB. Ranges such as cam-[001:500] make it short.`,
    );
  });
});
