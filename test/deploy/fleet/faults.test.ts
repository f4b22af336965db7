import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { faultsOf, fleet } from './fleets.js';

const secrets =
  'secrets do not belong in this file. Log in with a key of the agent (ssh-add), or with an encrypted key whose passphrase is in EDGEML_SSH_PASSPHRASE.';
const settings = 'user, port, identity, jump, known-hosts, root, keep, health, hooks, variables, labels';
const name = "use letters, digits, '.', '_' and '-', beginning with a letter or a digit.";
const rootOfItsOwn = "is not a folder of its own: leave out '.', '..' and double slashes, and name a folder below / or ~.";

/** Under `hosts: { a: { … } }`, which is 15 columns wide. */
const ofDevice: readonly (readonly [string, string])[] = [
  ['usr: x', "1:15: unknown key 'usr' in hosts.a. Did you mean 'user'?"],
  ['known_hosts: x', "1:15: unknown key 'known_hosts' in hosts.a. Did you mean 'known-hosts'?"],
  ['hostname: x', "1:15: unknown key 'hostname' in hosts.a. Did you mean 'host'?"],
  ['ansible_host: x', "1:15: unknown key 'ansible_host' in hosts.a. Did you mean 'host'?"],
  ['vars: {}', "1:15: unknown key 'vars' in hosts.a. Did you mean 'variables'?"],
  ['serial-console: x', `1:15: unknown key 'serial-console' in hosts.a. Known are ${settings}, host, groups.`],
  ['hosts: b', "1:15: unknown key 'hosts' in hosts.a. It belongs in a group."],
  ['<<: b', "1:15: unknown key '<<' in hosts.a. YAML 1.2 has no merge keys: put what devices share into a group, or under defaults."],
  ['password: x', `1:15: 'password' in hosts.a: ${secrets}`],
  ['ssh_pass: x', `1:15: 'ssh_pass' in hosts.a: ${secrets}`],
  ['passphrase: x', `1:15: 'passphrase' in hosts.a: ${secrets}`],
  ['api-token: x', `1:15: 'api-token' in hosts.a: ${secrets}`],
  [
    'sudo-password: x',
    `1:15: 'sudo-password' in hosts.a: ${secrets} For sudo, give the account a NOPASSWD rule for the one command that needs it.`,
  ],
  ['user: a b', "1:21: hosts.a.user: 'a b' is no user name."],
  ['user: 5', '1:21: hosts.a.user: 5 is a number to YAML: put quotes around what you wrote.'],
  ['user: ', '1:22: hosts.a.user: nothing stands here: write a text, or leave the key out.'],
  ['port: 0', '1:21: hosts.a.port: 0 is not a port from 1 to 65535.'],
  ['port: "22"', "1:21: hosts.a.port: '22' is not a port from 1 to 65535."],
  ['host: pi@x', "1:21: hosts.a.host: 'pi@x' holds a user: write it as 'user:' beside 'host:'."],
  ['host: "x:22"', "1:21: hosts.a.host: 'x:22' holds a port: write it as 'port:' beside 'host:'."],
  ['host: "[fe80::1]:22"', "1:21: hosts.a.host: '[fe80::1]:22' holds a port: write it as 'port:' beside 'host:'."],
  ['host: a b', "1:21: hosts.a.host: 'a b' is no host name or address."],
  ['host: "a[1-3]"', "1:21: hosts.a.host: 'a[1-3]' is no host name or address: a range is written as [01:20]."],
  ['host: "a[3:1]"', "1:21: hosts.a.host: '[3:1]' runs backwards: write [1:3]."],
  ['host: "a[1:3]"', "1:21: hosts.a.host: 'a[1:3]' has a range, but 'a' is one device: write a range into the name too."],
  ['identity: []', '1:25: hosts.a.identity: the list is empty.'],
  ['identity: {}', '1:25: hosts.a.identity: {} is not a key file or a list.'],
  [
    'identity: [~bob/id]',
    "1:26: hosts.a.identity: '~bob/id' is not a path: write one relative to this file, an absolute one, or one below ~/.",
  ],
  [
    'jump: "a,,b"',
    "1:21: hosts.a.jump: 'a,,b' is no host to go through: write user@host:port, several with commas between them, or none for a direct connection.",
  ],
  ['root: edgeml', "1:21: hosts.a.root: 'edgeml' is not a folder on the device: write an absolute path, or ~/…."],
  ['root: /', `1:21: hosts.a.root: '/' ${rootOfItsOwn}`],
  ['root: ~/../x', `1:21: hosts.a.root: '~/../x' ${rootOfItsOwn}`],
  ['keep: 0', '1:21: hosts.a.keep: 0 is too few: the release that runs is one.'],
  ['keep: 1.5', '1:21: hosts.a.keep: 1.5 is not a number of releases.'],
  ['health: 5', '1:23: hosts.a.health: 5 is not a command, or a mapping with command and timeout.'],
  ['health: " "', '1:23: hosts.a.health: the command is empty.'],
  ['health: { timeout: 5s }', '1:23: hosts.a.health.command: it is missing.'],
  ['health: { command: x, timout: 5s }', "1:37: unknown key 'timout' in hosts.a.health. Did you mean 'timeout'?"],
  ['health: { command: x, timeout: 30 }', '1:46: hosts.a.health.timeout: 30 has no unit: write a time such as 30s (ms, s, m, h).'],
  ['health: { command: x, delay: 2 sec }', "1:44: hosts.a.health.delay: 'sec' is no unit of time: use ms, s, m or h, for example 30s."],
  ['health: { command: x, timeout: 0s }', "1:46: hosts.a.health.timeout: '0s' is not a time such as 30s."],
  ['health: { command: x, timeout: 25h }', "1:46: hosts.a.health.timeout: '25h' is longer than a day."],
  ['health: { command: x, retries: -1 }', '1:46: hosts.a.health.retries: -1 is below 0.'],
  ['hooks: x', "1:22: hosts.a.hooks: 'x' is not a mapping with before, after and timeout."],
  ['hooks: { after: "a\\0b" }', '1:31: hosts.a.hooks.after: a command cannot hold a NUL character.'],
  [
    'variables: { EDGEML_X: a }',
    "1:28: hosts.a.variables.EDGEML_X: 'EDGEML_X' is edgeml's own: choose a name that does not begin with EDGEML_.",
  ],
  [
    'variables: { X-Y: a }',
    "1:28: hosts.a.variables.X-Y: 'X-Y' is no name of a variable: use letters, digits and '_', not beginning with a digit.",
  ],
  ['variables: { V: 1.10 }', '1:31: hosts.a.variables.V: 1.1 is a number to YAML: put quotes around what you wrote.'],
  ['labels: [x, a b]', `1:27: hosts.a.labels: 'a b' is no name: ${name}`],
  ['labels: all', "1:23: hosts.a.labels: 'all' stands for every device: choose another name."],
  ['groups: [x]', "1:24: hosts.a.groups: there is no group 'x'. Define it under groups, or make it a label."],
];

const ofFile: readonly (readonly [string, string])[] = [
  ['a: [', '1:5: this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].'],
  [
    'groups: { g: { hosts: [cam-[1:2], x] } }',
    '1:28: this is not valid YAML: Missing , or : between flow sequence items. Between [ ] and { } a text with a range needs quotes.',
  ],
  ['- a', '1:1: the file is not a mapping with keys such as defaults, groups and hosts.'],
  ['hosts: [a]', '1:8: hosts: ["a"] is not a mapping.'],
  ['host: { a: }', "1:1: unknown key 'host'. It belongs to a device, under hosts."],
  ['port: 22\nhosts: { a: }', "1:1: unknown key 'port'. It belongs under defaults, in a group or in a device."],
  ['defaults: { hosts: x }\nhosts: { a: }', "1:13: unknown key 'hosts' in defaults. It belongs at the top of the file, or in a group."],
  ['groups: {}\nhosts: {}', '2:8: hosts: the file names no device: write some under hosts.'],
  ['hosts:\n  a: {}\n  a:\n', '3:3: this is not valid YAML: Map keys must be unique.'],
  ['hosts:\n  a-[1:3]:\n  a-2:\n', "3:3: hosts.a-2: 'a-2' is there already, defined at fleet.yaml:2:3: give each device one entry."],
  [
    'groups: { g: { hosts: { a-2: } } }\nhosts:\n  a-[1:3]:\n  a-[2:4]:\n',
    "3:3: hosts.a-[1:3]: 'a-2' is there already, defined at fleet.yaml:1:25: give each device one entry.\n" +
      "fleet.yaml:4:3: hosts.a-[2:4]: 'a-2' and 1 more of it are there already, defined at fleet.yaml:1:25: give each device one entry.",
  ],
  ['hosts:\n  a b:\n', `2:3: hosts.a b: 'a b' is no name: ${name}`],
  ['hosts:\n  "17":\n', "2:3: hosts.17: '17' is digits alone, which a network takes for an address: put a letter into the name."],
  ['hosts:\n  all:\n', "2:3: hosts.all: 'all' stands for every device: choose another name."],
  ['hosts:\n  a[k:m]l:\n', "2:3: hosts.a[k:m]l: 'all' stands for every device: choose another name."],
  ['hosts:\n  a[1-3]:\n', "2:3: hosts.a[1-3]: 'a[1-3]' has brackets that are no range: write a range as [01:20]."],
  ['hosts:\n  a[3:1]:\n', "2:3: hosts.a[3:1]: '[3:1]' runs backwards: write [1:3]."],
  [`hosts:\n  ${'a'.repeat(101)}:\n`, `2:3: hosts.${'a'.repeat(101)}: a name of 101 characters is too long: 100 is the most.`],
  [
    'hosts:\n  a[1:3]: { host: "b[1:4]" }\n',
    "2:19: hosts.a[1:3].host: [1:4] has 4 members, but [1:3] of 'a[1:3]' has 3: they run in step, one for one.",
  ],
  [
    'hosts:\n  a[1:3]: { host: b }\n',
    "2:19: hosts.a[1:3].host: 'b' has no range, but 'a[1:3]' stands for 3 devices, each on its own host.",
  ],
  [
    'groups: { gruop: { hosts: a } }\nhosts: { a: { groups: group } }',
    "2:23: hosts.a.groups: there is no group 'group'. Did you mean 'gruop'?",
  ],
  [
    'groups:\n  g:\nhosts: { a: }',
    '2:3: groups.g: no device is in this group: name some under its hosts, or the group under a device, or take it out.',
  ],
  [
    'groups: { g: { hosts: [] } }\nhosts: { a: }',
    '1:11: groups.g: no device is in this group: name some under its hosts, or the group under a device, or take it out.',
  ],
  ['groups: { g: { hosts: [lab1] } }\nhosts: { lab-1: }', "1:24: groups.g.hosts: there is no device 'lab1'. Did you mean 'lab-1'?"],
  [
    'groups: { g: { hosts: somewhere-else } }\nhosts: { a: }',
    "1:23: groups.g.hosts: there is no device 'somewhere-else'. Define it under hosts, or make hosts of this group a mapping, which defines devices.",
  ],
  ['groups: { g: { hosts: ["c[1:9]"] } }\nhosts: { "c[1:3]": }', "1:24: groups.g.hosts: there is no device 'c4'. Did you mean 'c1'?"],
  ['groups: { g: { hosts: ["c[9:1]"] } }\nhosts: { c: }', "1:24: groups.g.hosts: '[9:1]' runs backwards: write [1:9]."],
  ['groups: { g: { hosts: "b*" } }\nhosts: { a: }', "1:23: groups.g.hosts: no device matches 'b*'."],
  ['groups: { g: { hosts: [a, 5] } }\nhosts: { a: }', '1:27: groups.g.hosts: 5 is a number to YAML: put quotes around what you wrote.'],
  ['groups: { g: { hosts: 5 } }\nhosts: { a: }', '1:23: groups.g.hosts: 5 is not names of devices, or a mapping that defines devices.'],
  ['groups: { all: { hosts: a } }\nhosts: { a: }', "1:11: groups.all: 'all' stands for every device: choose another name."],
  [
    'groups: { g: { host: x, hosts: a } }\nhosts: { a: }',
    "1:16: unknown key 'host' in groups.g. It belongs to a device: under hosts, or in a mapping under hosts of this group.",
  ],
  ['groups: { g: { hosts: { a: { prt: 1 } } } }', "1:30: unknown key 'prt' in groups.g.hosts.a. Did you mean 'port'?"],
];

describe('what is wrong with a fleet file', () => {
  it.each(ofDevice)('%s', async (text, fault) => {
    expect(await faultsOf(`hosts: { a: { ${text} } }`)).toBe(`fleet.yaml:${fault}`);
  });

  it.each(ofFile)('%s', async (text, fault) => {
    expect(await faultsOf(text)).toBe(`fleet.yaml:${fault}`);
  });

  it('is put right where a key in brackets has no quotes', async () => {
    expect(await faultsOf('hosts:\n  [1:3]: {}\n')).toBe(
      "fleet.yaml:2:3: hosts.[ 1:3 ]: '[ 1:3 ]' is a list or a mapping to YAML: put quotes around the name.",
    );
  });

  it('is told all at once, in the order of the file, whatever it hangs on', async () => {
    const text = `
defaults: { usr: pi, keep: 0 }
hosts:
  cam-[1:3]: { host: 'x[1:4]', port: 0 }
  cam-2: { groups: [cite], labels: [1] }
groups:
  site: { hosts: [lab, cam-1], jump: '', color: red }
`;
    expect(await faultsOf(text)).toBe(
      [
        "fleet.yaml:2:13: unknown key 'usr' in defaults. Did you mean 'user'?",
        'fleet.yaml:2:28: defaults.keep: 0 is too few: the release that runs is one.',
        "fleet.yaml:4:22: hosts.cam-[1:3].host: [1:4] has 4 members, but [1:3] of 'cam-[1:3]' has 3: they run in step, one for one.",
        'fleet.yaml:4:38: hosts.cam-[1:3].port: 0 is not a port from 1 to 65535.',
        "fleet.yaml:5:3: hosts.cam-2: 'cam-2' is there already, defined at fleet.yaml:4:3: give each device one entry.",
        "fleet.yaml:5:21: hosts.cam-2.groups: there is no group 'cite'. Did you mean 'site'?",
        'fleet.yaml:5:37: hosts.cam-2.labels: 1 is a number to YAML: put quotes around what you wrote.',
        "fleet.yaml:7:19: groups.site.hosts: there is no device 'lab'. Define it under hosts, or make hosts of this group a mapping, which defines devices.",
        "fleet.yaml:7:38: groups.site.jump: '' is no host to go through: write user@host:port, several with commas between them, or none for a direct connection.",
        `fleet.yaml:7:42: unknown key 'color' in groups.site. Known are ${settings}, hosts.`,
      ].join('\n'),
    );
  });

  it('is cut after a hundred lines', async () => {
    const lines = (await faultsOf(`hosts:\n${Array.from({ length: 150 }, (_, i) => `  a${i}: { prot: 1 }\n`).join('')}`)).split('\n');
    expect(lines.length).toBe(101);
    expect(lines[0]).toBe("fleet.yaml:2:9: unknown key 'prot' in hosts.a0. Did you mean 'port'?");
    expect(lines[100]).toBe('… and 50 more faults.');
  });

  it('is a usage error', async () => {
    await expect(fleet('hosts: 5')).rejects.toBeInstanceOf(UsageError);
  });
});
