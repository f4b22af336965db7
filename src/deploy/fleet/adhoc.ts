import { UsageError } from '../../errors.js';
import { parseTarget } from '../../ssh/target.js';
import { type DeviceSpec, deviceDefaults, targetText } from './device.js';

/**
 * Devices that no fleet file names, by targets such as `user@host:port`: the name is the target as it is given, the rest are defaults.
 * Throws UsageError with one line per target that is none, or that stands there twice.
 */
export function devicesFromTargets(targets: readonly string[]): DeviceSpec[] {
  const faults: string[] = [];
  const byTarget = new Map<string, DeviceSpec>();
  for (const name of targets) {
    try {
      const target = targetText(parseTarget(name));
      const same = byTarget.get(target);
      if (same)
        throw new UsageError(`'${name}' is ${same.name === name ? 'named twice' : `the same device as '${same.name}'`}. Name it once.`);
      byTarget.set(target, bareDevice(name, target));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      faults.push(error.message);
    }
  }
  if (targets.length === 0) faults.push('No device is named. Write it as user@host or user@host:port.');
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return [...byTarget.values()];
}

const bareDevice = (name: string, target: string): DeviceSpec => ({
  name,
  target,
  groups: [],
  labels: [],
  variables: {},
  root: deviceDefaults.root,
  keep: deviceDefaults.keep,
  hooks: { ...deviceDefaults.hooks },
  ssh: {},
});
