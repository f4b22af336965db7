import { dirname, resolve } from 'node:path';
import { parseTarget } from '../../ssh/target.js';
import { type DeviceSpec, deviceDefaults, targetText } from './device.js';
import type { DeviceSettings, HostSettings } from './schema.js';

/** Where relative paths of a fleet file and `~/` lead. */
export interface Places {
  /** The folder of the file. */
  readonly folder: string;
  readonly home: string;
}

export const placesOf = (file: string, home: string): Places => ({ folder: dirname(resolve(file)), home });

const absolute = (path: string, { folder, home }: Places): string =>
  path.startsWith('~/') ? resolve(home, path.slice(2)) : resolve(folder, path);

/**
 * A device from the layers of its settings, the weakest first: a later one replaces an earlier one; variables merge by name,
 * labels add up.
 * @param host What is connected to: a host name, an address, or a Host of ~/.ssh/config.
 */
export function deviceOf(
  name: string,
  host: string,
  groups: readonly string[],
  layers: readonly (DeviceSettings | HostSettings)[],
  places: Places,
): DeviceSpec {
  const last = <K extends keyof DeviceSettings>(key: K): DeviceSettings[K] => layers.findLast((l) => l[key] !== undefined)?.[key];
  const [user, port, jump, health] = [last('user'), last('port'), last('jump'), last('health')];
  const [identity, knownHosts] = [last('identity'), last('known-hosts')];
  const root = last('root') ?? deviceDefaults.root;
  return {
    name,
    target: targetText({ user, host: parseTarget(host).host, port }),
    groups,
    labels: [...new Set(layers.flatMap((l) => l.labels ?? []))],
    variables: Object.assign({}, ...layers.map((l) => l.variables)) as Record<string, string>,
    root: root.replace(/\/$/, ''),
    keep: last('keep') ?? deviceDefaults.keep,
    ...(health !== undefined && health !== 'none' && { health }),
    hooks: last('hooks') ?? { ...deviceDefaults.hooks },
    ssh: {
      ...(identity && { identityFiles: identity.map((p) => absolute(p, places)) }),
      ...(jump !== undefined && { jump }),
      ...(knownHosts && { knownHostsFiles: knownHosts.map((p) => absolute(p, places)) }),
    },
  };
}
