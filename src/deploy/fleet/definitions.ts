import type { Faults, KnownKeys } from './faults.js';
import { nameFault, rangedNameFault } from './names.js';
import { nth, rangeFault, stepFault, type Template, templateOf } from './ranges.js';
import { type HostSettings, hostSchema, keysOf } from './schema.js';
import { hostFault } from './values.js';

/** One entry of a mapping of hosts: a device, or as many as its ranges stand for. */
export interface Definition {
  /** Of the mapping that it stands in. */
  readonly path: readonly string[];
  readonly names: Template;
  readonly hosts: Template;
  readonly settings: HostSettings;
}

/** A device before its settings are merged. */
export interface Draft {
  readonly name: string;
  readonly host: string;
  readonly definition: Definition;
  /** In the order of the file. */
  readonly groups: string[];
}

/** The most devices that a file may stand for. */
const most = 100_000;

export const hostKeys: KnownKeys = {
  at: ([inner]) => (inner === 'health' ? keysOf.health : inner === 'hooks' ? keysOf.hooks : keysOf.host),
  elsewhere: (key) => (key === 'hosts' ? 'in a group' : undefined),
};

/** Reads a mapping of hosts. What is wrong with an entry is noted; where only its settings are, its names still count. */
export function readDefinitions(mapping: Readonly<Record<string, unknown>>, path: readonly string[], faults: Faults): Definition[] {
  return Object.keys(mapping).flatMap((key) => {
    const fault = rangedNameFault(key);
    if (fault) faults.addKey(path, key, fault);
    const settings = mapping[key] === null ? {} : faults.check(hostSchema, mapping[key], [...path, key], hostKeys);
    if (fault) return [];
    const names = templateOf(key);
    return [{ path, names, hosts: hostsOf(names, settings, path, faults), settings }];
  });
}

/** The hosts of an entry; its names where none are given, and where they are faulty. */
function hostsOf(names: Template, { host }: HostSettings, path: readonly string[], faults: Faults): Template {
  if (host === undefined) return names;
  let fault = rangeFault(host);
  const hosts = fault ? names : templateOf(host);
  fault ??= hostFault(nth(hosts, 0)) ?? stepFault(names, hosts);
  if (fault) faults.add([...path, names.text, 'host'], fault);
  return fault ? names : hosts;
}

/** The devices of all definitions by name, in their order. Throws UsageError at once where they are too many. */
export function expandDefinitions(
  definitions: readonly Definition[],
  faults: Faults,
  placeOf: (d: Definition) => string,
): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  let total = 0;
  for (const definition of definitions) {
    const { names, hosts, path } = definition;
    total += names.count;
    if (total > most) {
      faults.addKey(path, names.text, `with its ${names.count} devices the file has ${total}: ${most} is the most`);
      faults.throwIfAny();
    }
    const twice: string[] = [];
    for (let i = 0; i < names.count; i++) {
      const name = nth(names, i);
      if (name === 'all') faults.addKey(path, names.text, nameFault(name) as string);
      if (drafts.has(name)) twice.push(name);
      else drafts.set(name, { name, host: nth(hosts, i), definition, groups: [] });
    }
    const [name] = twice;
    if (name === undefined) continue;
    const more = twice.length > 1 ? ` and ${twice.length - 1} more of it are` : ' is';
    const first = (drafts.get(name) as Draft).definition;
    faults.addKey(path, names.text, () => `'${name}'${more} there already, defined at ${placeOf(first)}: give each device one entry`);
  }
  return drafts;
}
