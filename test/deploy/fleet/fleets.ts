import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DeviceSpec } from '../../../src/deploy/fleet/device.js';
import { type Fleet, parseFleet } from '../../../src/deploy/fleet/file.js';
import { parseYaml } from '../../../src/yaml.js';
import { schemaPath } from './schema-doc.js';

const home = '/users/me';

/** A fleet of this text, as of `/srv/fleet/fleet.yaml`. */
export const fleet = (text: string): Promise<Fleet> => parseFleet(text, '/srv/fleet/fleet.yaml', home);

export const device = async (text: string, name: string): Promise<DeviceSpec> => {
  const found = (await fleet(text)).devices.find((d) => d.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

/** What is told of a faulty text, without the folder; '' where nothing is wrong. */
export const faultsOf = async (text: string): Promise<string> => {
  try {
    await parseFleet(text, 'fleet.yaml', home);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

/** A device with nothing but defaults. */
export const plain = (name: string, more: Partial<DeviceSpec> = {}): DeviceSpec => ({
  name,
  target: name,
  groups: [],
  labels: [],
  variables: {},
  root: '~/edgeml',
  keep: 3,
  hooks: { timeoutMs: 60_000 },
  ssh: {},
  ...more,
});

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  JSON.parse(readFileSync(schemaPath, 'utf8')),
);

/** Whether the JSON Schema takes a text. */
export const schemaTakes = async (text: string): Promise<boolean> => validate((await parseYaml('fleet.yaml', text)).content);

/** Why it did not take the last one. */
export const schemaErrors = (): unknown => validate.errors;

/** Fleets that are sound. */
export const sound: readonly string[] = [
  'hosts: { a: }',
  'defaults:\ngroups:\nhosts:\n  cam-[01:03]:\n',
  'defaults: { user: me@corp, port: 1, identity: [id, ~/id2], jump: "a, b@c:22", known-hosts: hosts, root: /opt/x/, keep: 1 }\nhosts: { a: }',
  'hosts: { a: { health: ./check, hooks: {}, variables: {}, labels: x } }',
  'hosts: { a: { health: { command: "a\\nb", timeout: 500ms, retries: 0, delay: 0s }, hooks: { before: x, after: y, timeout: 1.5h } } }',
  'hosts: { a: { health: none, jump: none, variables: { _x: "", Y1: "a\\nb" } } }',
  'groups: { g: { hosts: "*" }, h: { hosts: ["a?", "b[1:2]"] }, i: }\nhosts: { a1: { groups: i }, "b[1:2]": { groups: [i] } }',
  'groups: { g: { keep: 2, hosts: { a: , "b[a:c]": { host: "x[d:f].y" } } } }',
  'hosts: { a: { host: "fe80::1%eth0" }, b: { host: "[fe80::1]", port: 22 }, "c-[0:100:10]": }',
];

/** Fleets of whose faults a schema can know. */
export const misshapen: readonly string[] = [
  '[]',
  'a',
  'hosts: []',
  'hosts: { a: b }',
  'host: { a: }',
  'hosts: { a: { usr: x } }',
  'hosts: { a: { password: x } }',
  'hosts: { a: { hosts: b } }',
  'defaults: { host: x }\nhosts: { a: }',
  'groups: { g: { host: x, hosts: a } }\nhosts: { a: }',
  'groups: { all: { hosts: a } }\nhosts: { a: }',
  'groups: { g: { hosts: [1] } }\nhosts: { a: }',
  'groups: { g: { hosts: 1 } }\nhosts: { a: }',
  'groups: { g: { hosts: { a: { prt: 1 } } } }',
  'hosts: { all: }',
  'hosts: { "17": }',
  'hosts: { "a b": }',
  'hosts: { "a[1-2]": }',
  'hosts: { "a[1:b]": }',
  'hosts: { -a: }',
  'hosts: { a: { host: "x y" } }',
  'hosts: { a: { host: "pi@x" } }',
  'hosts: { a: { host: 1 } }',
  'hosts: { a: { user: "" } }',
  'hosts: { a: { user: "a b" } }',
  'hosts: { a: { user: -l } }',
  'hosts: { a: { user: } }',
  ...[0, 65536, 22.5, '"22"'].map((port) => `hosts: { a: { port: ${port} } }`),
  'hosts: { a: { identity: [] } }',
  'hosts: { a: { identity: ~bob/id } }',
  'hosts: { a: { jump: [b] } }',
  'hosts: { a: { jump: "" } }',
  ...['edgeml', '~', '"~"', '~/', '/', '/a/../b', '/a//b', '~bob/x', '"/a\\nb"'].map((root) => `hosts: { a: { root: ${root} } }`),
  ...[0, 1001, 1.5, '"3"'].map((keep) => `hosts: { a: { keep: ${keep} } }`),
  ...['" "', '{}', '[x]', '{ command: "" }', '{ command: x, tries: 3 }'].map((health) => `hosts: { a: { health: ${health} } }`),
  ...['30', '30 seconds', '0s', '-1s', '5d', '""'].map((time) => `hosts: { a: { hooks: { timeout: ${time} } } }`),
  ...['-1', '1.5', '"1"'].map((retries) => `hosts: { a: { health: { command: x, retries: ${retries} } } }`),
  'hosts: { a: { hooks: x } }',
  'hosts: { a: { hooks: { after: "" } } }',
  ...['X: 1', 'X: true', '1X: a', 'EDGEML_X: a', 'X-Y: a', 'X:'].map((v) => `hosts: { a: { variables: { ${v} } } }`),
  ...['"a b"', '[all]', '"1"', '[[x]]', '[]'].map((labels) => `hosts: { a: { labels: ${labels} } }`),
];
