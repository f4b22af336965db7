import { z } from 'zod';
import { deviceDefaults, type Health, type Hooks } from './device.js';
import { hostReferencePattern, rangedNamePattern } from './names.js';
import * as value from './values.js';

const { is, oneOrMany } = value;

const healthFields = {
  command: value.command.meta({
    description: "Command that the device's shell runs; exit code 0 says that the release works.",
    examples: ['curl -fs localhost:8080/health'],
  }),
  timeout: value.timeout.optional().meta({ description: 'The longest that one try may take. Default: 30s.' }),
  retries: value.retries.optional().meta({ description: 'Tries after the first one that failed.', default: 3 }),
  delay: value.delay.optional().meta({ description: 'How long to wait before each retry. Default: 2s.' }),
};

const health = z
  .union([value.command, z.strictObject(healthFields, is('not a mapping'))], is('not a command, or a mapping with command and timeout'))
  .transform((v): Health | 'none' => {
    if (v === 'none') return 'none';
    const { command, timeout, retries, delay } = typeof v === 'string' ? ({ command: v } as Exclude<typeof v, string>) : v;
    const usual = deviceDefaults.health;
    return { command, timeoutMs: timeout ?? usual.timeoutMs, retries: retries ?? usual.retries, delayMs: delay ?? usual.delayMs };
  });

const hookFields = {
  before: value.command.optional().meta({ description: 'Command on the device before it switches to the new release.' }),
  after: value.command.optional().meta({
    description: 'Command on the device after it has switched, before its health is asked.',
    examples: ['systemctl --user restart camera'],
  }),
  timeout: value.timeout.optional().meta({ description: 'The longest that each command may take. Default: 60s.' }),
};

const hooks = z.strictObject(hookFields, is('not a mapping with before, after and timeout')).transform(
  ({ before, after, timeout }): Hooks => ({
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    timeoutMs: timeout ?? deviceDefaults.hooks.timeoutMs,
  }),
);

const list = <T extends z.ZodType<string>>(item: T, what: string) =>
  oneOrMany(item, what).transform((v): readonly string[] => (typeof v === 'string' ? [v] : v));

const variables = z.record(
  z.string().regex(/^(?!EDGEML_)[A-Za-z_][A-Za-z0-9_]*$/, {
    error: ({ input }) =>
      String(input).startsWith('EDGEML_')
        ? `'${input}' is edgeml's own: choose a name that does not begin with EDGEML_`
        : `'${input}' is no name of a variable: use letters, digits and '_', not beginning with a digit`,
  }),
  value.variableValue,
  is('not a mapping from names to texts'),
);

/** What may stand under `defaults`, in a group and in a host. */
const settings = {
  user: value.user.optional().meta({ description: 'User to log in as. Default: what ~/.ssh/config says.', examples: ['pi'] }),
  port: value.port.optional().meta({ description: 'Port of the SSH server. Default: what ~/.ssh/config says, else 22.' }),
  identity: list(value.path, 'a key file')
    .optional()
    .meta({
      description: 'Private key to log in with, or a list: relative to this file, absolute, or ~/….',
      examples: ['~/.ssh/id_ed25519'],
    }),
  jump: value.jump.optional().meta({
    description: 'Hosts to go through, user@host:port with commas between them, the nearest first; none for a direct connection.',
    examples: ['admin@gateway.example.com', 'none'],
  }),
  'known-hosts': list(value.path, 'a file of known hosts')
    .optional()
    .meta({ description: 'File of known host keys instead of the usual ones, or a list: relative to this file, absolute, or ~/….' }),
  root: value.root.optional().meta({
    description: 'Folder on the device that edgeml has for itself: absolute, or ~/….',
    default: deviceDefaults.root,
  }),
  keep: value.keep
    .optional()
    .meta({ description: 'How many releases stay on the device, the running one among them.', default: deviceDefaults.keep }),
  health: health
    .optional()
    .meta({ description: 'Command that tells whether a release works, alone or with timeout, retries and delay; none for no check.' }),
  hooks: hooks.optional().meta({ description: 'Commands on the device around the switch to a release.' }),
  variables: variables.optional().meta({ description: 'Environment variables of hooks and health; they merge, name by name. No secrets.' }),
  labels: list(value.name, 'a label').optional().meta({ description: 'Labels to select devices by; they add up.' }),
};

const hostFields = {
  ...settings,
  host: value.host.optional().meta({
    description: "Host name or address; ranges run in step with those of the key. Default: the device's name, as a Host of ~/.ssh/config.",
    examples: ['192.168.1.30', 'cam-[01:20].local'],
  }),
  groups: list(value.name, 'a group').optional().meta({ description: 'Groups of this device, beside those that name it.' }),
};

const reference = z.string({ error: value.notText }).regex(hostReferencePattern, is('no name of devices: write a name, a range or a glob'));
const aboutGroupHosts =
  'Names, ranges or globs of devices that stand elsewhere in this file, or a mapping like the one under hosts, which defines them here.';
const groupFields = (mapping: z.ZodType) => ({
  ...settings,
  hosts: z
    .union([reference, z.array(reference), mapping], is('not names of devices, or a mapping that defines devices'))
    .optional()
    .meta({ description: aboutGroupHosts }),
});

export const defaultsSchema = z.strictObject(settings, is('not a mapping of settings'));
/** Hosts that are defined in it are checked one by one with {@link hostSchema}. */
export const groupSchema = z.strictObject(groupFields(z.record(z.string(), z.unknown())), is('not a mapping of settings'));
export const hostSchema = z.strictObject(hostFields, is('not a mapping of settings'));

const section = z.record(z.string(), z.unknown(), is('not a mapping')).nullish();
/** The top of the file; what stands in the sections is checked piece by piece. */
export const topSchema = z.strictObject(
  { defaults: section, groups: section, hosts: section },
  { error: () => 'the file is not a mapping with keys such as defaults, groups and hosts' },
);

export type DeviceSettings = z.output<typeof defaultsSchema>;
export type HostSettings = z.output<typeof hostSchema>;

/** The keys that each place of the file takes, for what is said about others. */
export const keysOf = {
  top: ['defaults', 'groups', 'hosts'],
  defaults: Object.keys(settings),
  group: [...Object.keys(settings), 'hosts'],
  host: Object.keys(hostFields),
  health: Object.keys(healthFields),
  hooks: Object.keys(hookFields),
} as const satisfies Record<string, readonly string[]>;

/** The JSON Schema (draft 2020-12) of a fleet file, which gives an editor names, descriptions and checks. */
export function fleetJsonSchema(): Record<string, unknown> {
  const name = z.string().regex(rangedNamePattern);
  const host = hostSchema.meta({ id: 'device', description: 'A device, or one for each name of a range.' });
  const hosts = z.record(name, host.nullable());
  const group = z.strictObject(groupFields(hosts)).meta({ description: 'Devices that share settings and can be selected by its name.' });
  const fleet = z.strictObject({
    defaults: defaultsSchema.nullish().meta({ description: 'Settings of every device; a group or a host goes before them.' }),
    groups: z
      .record(value.name, group.nullable())
      .nullish()
      .meta({ description: 'Groups by name. Where a device is in several, the later one goes before the earlier one.' }),
    hosts: hosts.nullish().meta({ description: 'Devices by name; ranges such as cam-[01:20] stand for several.' }),
  });
  const schema = z.toJSONSchema(fleet, { target: 'draft-2020-12', io: 'input', override: ({ jsonSchema }) => joinNull(jsonSchema) });
  return { ...schema, title: 'edgeml fleet', description: 'Devices that edgeml deploys to over SSH.' };
}

/** `anyOf` of a mapping and null as one type: editors complete it better. */
function joinNull(schema: { anyOf?: unknown; type?: unknown }): void {
  const [mapping, nothing] = (schema.anyOf ?? []) as { type?: unknown }[];
  if (mapping?.type !== 'object' || nothing?.type !== 'null') return;
  delete schema.anyOf;
  Object.assign(schema, { ...mapping, ...schema, type: ['object', 'null'] });
}
