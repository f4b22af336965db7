import type { YamlFile } from '../../yaml.js';
import { type Definition, type Draft, expandDefinitions, readDefinitions } from './definitions.js';
import { Faults, type KnownKeys } from './faults.js';
import type { Fleet } from './file.js';
import { checkGroupNames, type Group, joinGroups, readGroups } from './groups.js';
import { deviceOf, placesOf } from './merge.js';
import { type DeviceSettings, defaultsSchema, keysOf, topSchema } from './schema.js';
import { warningsOf } from './warnings.js';

const topKeys: KnownKeys = {
  at: () => keysOf.top,
  elsewhere: (key) =>
    key === 'host' ? 'to a device, under hosts' : keysOf.defaults.includes(key) ? 'under defaults, in a group or in a device' : undefined,
};
const defaultsKeys: KnownKeys = {
  at: ([inner]) => (inner === 'health' ? keysOf.health : inner === 'hooks' ? keysOf.hooks : keysOf.defaults),
  elsewhere: (key) =>
    key === 'host' || key === 'groups' ? 'to a device, under hosts' : key === 'hosts' ? 'at the top of the file, or in a group' : undefined,
};

/**
 * The fleet that the content of a file describes. Everything is read as far as it can be, so that a fault in one place does not
 * hide those in others; then UsageError is thrown with all of them.
 */
export function readContent(yaml: YamlFile, path: string, home: string): Fleet {
  const faults = new Faults(yaml);
  faults.check(topSchema, yaml.content, [], topKeys);
  const sections = sectionsOf(yaml.content);
  const defaults = sections.defaults ? faults.check(defaultsSchema, sections.defaults, ['defaults'], defaultsKeys) : {};
  const groups = readGroups(sections.groups ?? {}, faults);
  const own = readDefinitions(sections.hosts ?? {}, ['hosts'], faults);
  const inGroups = groups.flatMap((g) => g.definitions);
  const order = Object.keys(sections);
  const definitions = order.indexOf('groups') < order.indexOf('hosts') ? [...inGroups, ...own] : [...own, ...inGroups];
  const placeOf = ({ path: at, names }: Definition): string => yaml.placeOfKey(at, names.text);
  checkGroupNames(definitions, groups, faults);
  const drafts = expandDefinitions(definitions, faults, placeOf);
  joinGroups(groups, drafts, faults);
  if (drafts.size === 0 && !faults.any) faults.add(sections.hosts ? ['hosts'] : [], 'the file names no device: write some under hosts');
  faults.throwIfAny();
  return fleetOf(yaml, path, home, defaults, groups, definitions, drafts);
}

type Sections = Partial<Record<(typeof keysOf.top)[number], Readonly<Record<string, unknown>>>>;

const isMapping = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

/** The sections that can be read, in the order of the file. */
const sectionsOf = (content: unknown): Sections =>
  isMapping(content)
    ? Object.fromEntries(Object.entries(content).filter(([key, v]) => keysOf.top.includes(key as never) && isMapping(v)))
    : {};

function fleetOf(
  yaml: YamlFile,
  path: string,
  home: string,
  defaults: DeviceSettings,
  groups: readonly Group[],
  definitions: readonly Definition[],
  drafts: ReadonlyMap<string, Draft>,
): Fleet {
  const places = placesOf(path, home);
  const settings = new Map(groups.map((g) => [g.name, g.settings]));
  const devices = [...drafts.values()].map(({ name, host, groups: inGroups, definition }) =>
    deviceOf(name, host, inGroups, [defaults, ...inGroups.map((g) => settings.get(g) as DeviceSettings), definition.settings], places),
  );
  const layers = [
    { path: ['defaults'], settings: defaults },
    ...groups.map((g) => ({ path: ['groups', g.name], settings: g.settings })),
    ...definitions.map((d) => ({ path: [...d.path, d.names.text], settings: d.settings })),
  ];
  const names = groups.map((g) => g.name);
  const warnings = warningsOf({
    devices,
    groups: names,
    variables: layers.map((l) => ({ path: [...l.path, 'variables'], values: l.settings.variables ?? {} })),
    placeOfDevice: (name) => {
      const { path: at, names: entry } = (drafts.get(name) as Draft).definition;
      return yaml.placeOfKey(at, entry.text);
    },
    placeOfKey: (at, key) => yaml.placeOfKey(at, key),
  });
  return { path, devices, groups: names, warnings };
}
