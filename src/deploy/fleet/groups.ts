import { matchesPattern } from '../../ssh/patterns.js';
import { didYouMean } from '../../suggest.js';
import { type Definition, type Draft, hostKeys, readDefinitions } from './definitions.js';
import type { Faults, KnownKeys } from './faults.js';
import { hostReferencePattern, nameFault } from './names.js';
import { nth, rangeFault, templateOf } from './ranges.js';
import { type DeviceSettings, groupSchema, keysOf } from './schema.js';

/** A group as it stands in the file. */
export interface Group {
  readonly name: string;
  readonly settings: DeviceSettings;
  /** Names, ranges and globs of devices that are defined elsewhere, as they are written. */
  readonly references: readonly unknown[];
  /** Devices that are defined in it. */
  readonly definitions: readonly Definition[];
}

/** Names that are offered for a misspelt one are sought among so many: a longer search would take longer than the reading. */
const mostSought = 5_000;

const groupKeys: KnownKeys = {
  at: (path) => (path.length === 0 ? keysOf.group : hostKeys.at(path)),
  elsewhere: (key) => (key === 'host' ? 'to a device: under hosts, or in a mapping under hosts of this group' : undefined),
};

/** Reads the groups, in the order of the file; what is wrong with them is noted. */
export function readGroups(mapping: Readonly<Record<string, unknown>>, faults: Faults): Group[] {
  return Object.entries(mapping).map(([name, content]) => {
    const fault = nameFault(name);
    if (fault) faults.addKey(['groups'], name, fault);
    const { hosts: _, ...settings } = content === null ? {} : faults.check(groupSchema, content, ['groups', name], groupKeys);
    // Of what was written, so that a fault in one of them does not hide the others.
    const hosts = (content as { readonly hosts?: unknown } | null)?.hosts ?? [];
    const defined = typeof hosts === 'object' && !Array.isArray(hosts);
    return {
      name,
      settings,
      references: defined ? [] : [hosts].flat(),
      definitions: defined ? readDefinitions(hosts as Record<string, unknown>, ['groups', name, 'hosts'], faults) : [],
    };
  });
}

/** Writes into each device the groups that it is in, in the order of the file. */
export function joinGroups(groups: readonly Group[], drafts: ReadonlyMap<string, Draft>, faults: Faults): void {
  const members = new Map(groups.map((g) => [g.name, new Set<Draft>()]));
  for (const draft of drafts.values()) for (const name of draft.definition.settings.groups ?? []) members.get(name)?.add(draft);
  const owners = new Map(groups.flatMap((g) => g.definitions.map((d) => [d, g.name])));
  for (const draft of drafts.values()) members.get(owners.get(draft.definition) ?? '')?.add(draft);
  for (const { name, references, definitions } of groups) {
    const all = members.get(name) as Set<Draft>;
    for (const [i, reference] of references.entries()) {
      if (typeof reference !== 'string' || !hostReferencePattern.test(reference)) continue;
      for (const draft of find(reference, drafts, ['groups', name, 'hosts', i], faults)) all.add(draft);
    }
    if (all.size === 0 && references.length + definitions.length === 0)
      faults.addKey(['groups'], name, 'no device is in this group: name some under its hosts, or the group under a device, or take it out');
    for (const draft of all) draft.groups.push(name);
  }
}

/** Notes the groups that devices name and that are none. */
export function checkGroupNames(definitions: readonly Definition[], groups: readonly Group[], faults: Faults): void {
  const names = groups.map((g) => g.name);
  const known = new Set(names);
  for (const { path, names: entry, settings } of definitions) {
    for (const [i, name] of (settings.groups ?? []).entries()) {
      if (known.has(name)) continue;
      const remedy = didYouMean(name, names) || ' Define it under groups, or make it a label.';
      faults.add([...path, entry.text, 'groups', i], `there is no group '${name}'.${remedy}`);
    }
  }
}

function find(reference: string, drafts: ReadonlyMap<string, Draft>, path: readonly PropertyKey[], faults: Faults): Draft[] {
  const fault = rangeFault(reference);
  if (fault) {
    faults.add(path, fault);
    return [];
  }
  if (/[*?]/.test(reference)) {
    const found = [...drafts.values()].filter((d) => matchesPattern(d.name, reference));
    if (found.length === 0) faults.add(path, `no device matches '${reference}'`);
    return found;
  }
  const template = templateOf(reference);
  const found: Draft[] = [];
  for (let i = 0; i < template.count; i++) {
    const name = nth(template, i);
    const draft = drafts.get(name);
    if (draft) {
      found.push(draft);
      continue;
    }
    faults.add(path, () => {
      const hint = didYouMean(name, [...drafts.keys()].slice(0, mostSought));
      return `there is no device '${name}'.${hint || ' Define it under hosts, or make hosts of this group a mapping, which defines devices.'}`;
    });
    // One is enough of a range: where it is too long, the rest of it is missing too.
    break;
  }
  return found;
}
