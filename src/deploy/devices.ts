import { hostname, userInfo } from 'node:os';
import { UsageError } from '../errors.js';
import { devicesFromTargets } from './fleet/adhoc.js';
import { type DeviceSpec, deviceDefaults } from './fleet/device.js';
import { readFleet } from './fleet/file.js';
import { select } from './fleet/select.js';
import type { DeviceFlags, Selection } from './journal/events.js';

/** The devices that a command is about, as the fleet file or --to names them, with what flags say of all of them. */
export interface Chosen {
  readonly devices: readonly DeviceSpec[];
  /** Of the fleet file. */
  readonly warnings: readonly string[];
}

/** Throws UsageError where the fleet file makes no sense, nothing is selected, or no device is named at all. */
export async function chooseDevices({ fleet, only, targets }: Selection, flags: DeviceFlags): Promise<Chosen> {
  if (fleet !== undefined && targets?.length) {
    throw new UsageError('--to names single devices and --fleet a file of them: give one of the two. --only selects devices of a file.');
  }
  if (targets?.length) {
    if (only !== undefined) throw new UsageError('--only selects devices of a fleet file, and --to names them already: leave one out.');
    return { devices: devicesFromTargets(targets).map((d) => withFlags(d, flags)), warnings: [] };
  }
  if (fleet === undefined) throw new UsageError('No device was named. Give --to user@host, or a file of devices with --fleet fleet.yaml.');
  const file = await readFleet(fleet);
  const devices = only === undefined ? file.devices : select(file.devices, only);
  return { devices: devices.map((d) => withFlags(d, flags)), warnings: file.warnings };
}

/** Flags go before the fleet file. */
function withFlags(device: DeviceSpec, flags: DeviceFlags): DeviceSpec {
  const { root = device.root, keep = device.keep } = flags;
  const { timeoutMs, retries, delayMs } = device.health ?? deviceDefaults.health;
  const command = flags.health ?? device.health?.command;
  return {
    ...device,
    ...{ root: checkedRoot(root), keep },
    ...(command !== undefined && {
      health: { command, timeoutMs: flags.healthTimeout ?? timeoutMs, retries: flags.healthRetries ?? retries, delayMs },
    }),
    hooks: {
      ...device.hooks,
      ...(flags.hookBefore !== undefined && { before: flags.hookBefore }),
      ...(flags.hookAfter !== undefined && { after: flags.hookAfter }),
    },
    ssh: {
      ...device.ssh,
      ...(flags.identity !== undefined && { identityFiles: [flags.identity] }),
      ...(flags.jump !== undefined && { jump: flags.jump }),
    },
  };
}

function checkedRoot(root: string): string {
  const path = root.length > 1 ? root.replace(/\/+$/, '') : root;
  if (/^(\/|~\/)./.test(path) && !/[\p{Cc}'"\\$`!]/u.test(path) && !path.split('/').includes('..')) return path;
  throw new UsageError(`--root: '${root}' is no folder of its own on a device. Write an absolute path, or one below ~/ such as ~/edgeml.`);
}

/** "anna@laptop": who does something, for locks and histories on devices. */
export function whoAmI(): string {
  const clean = (text: string): string => text.replace(/[^\w.@-]+/g, '-');
  try {
    return `${clean(userInfo().username)}@${clean(hostname())}`;
  } catch {
    // A user number without a name, as in containers.
    return `${clean(process.env.USER ?? 'somebody')}@${clean(hostname())}`;
  }
}
