import { isUnproven, versionOf } from './device/plan.js';
import { type HistoryEntry, type Survey, survey } from './device/survey.js';
import { chooseDevices } from './devices.js';
import { stateFolder } from './journal/runs.js';
import { lookAtAll, lookExitCode } from './look.js';
import { nameOr } from './names.js';
import type { FleetOptions } from './options.js';
import { withoutSecrets } from './secrets.js';

/** A device as it is now. */
export interface DeviceState {
  readonly name: string;
  readonly target: string;
  /**
   * `works`: the current release passed its checks. `interrupted`: the switch to it was cut short. `switching`: it is going on.
   * `empty`: nothing was deployed. `broken`: current points nowhere. Otherwise as in a rollout.
   */
  readonly state: 'works' | 'interrupted' | 'switching' | 'empty' | 'broken' | 'refused' | 'offline';
  readonly why?: string;
  readonly digest?: string;
  readonly version?: string;
  /** When it was switched to, by the device's clock. */
  readonly since?: string;
  /** Releases that are there beside the current one. */
  readonly others?: readonly { readonly digest: string; readonly version?: string }[];
  readonly free_bytes?: number;
  readonly machine?: string;
  /** Why the last switch was undone. */
  readonly last_failure?: string;
  readonly locked_by?: string;
  readonly history?: readonly HistoryEntry[];
}

/** What `edgeml fleet status --json` prints. */
export interface StatusReport {
  readonly schema: 'edgeml.status/1';
  readonly name: string;
  readonly devices: readonly DeviceState[];
  readonly exit_code: number;
}

/** Looks at every device and changes nothing. `name` is that of a bundle; default: the only one that was deployed from here. Throws UsageError. */
export async function fleetStatus(name: string | undefined, options: FleetOptions): Promise<StatusReport> {
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const bundle = nameOr(name, stateFolder(options.state, options.fleet));
  const looked = await lookAtAll(devices, { name: bundle, digest: '' }, options, (site) => survey(site, []));
  const states = looked.map((l): DeviceState => {
    const common = { name: l.device.name, target: l.device.target };
    if (l.failed !== undefined) return { ...common, state: l.failed, why: l.why };
    return { ...common, ...stateOf(l.found, (text) => withoutSecrets(text, l.device.variables)) };
  });
  return { schema: 'edgeml.status/1', name: bundle, devices: states, exit_code: lookExitCode(looked) };
}

function stateOf(found: Survey, clean: (text: string) => string): Omit<DeviceState, 'name' | 'target'> {
  const { activation, current, history, releases } = found;
  const entry = history.findLast((h) => h.digest === current && h.result === 'done');
  const last = history.at(-1);
  const unproven = isUnproven(found);
  if (found.strange !== undefined) return { state: 'broken', why: `something that edgeml did not put there stands at ${found.strange}.` };
  const resting = unproven ? 'interrupted' : 'works';
  const state = found.activating ? 'switching' : current !== undefined ? resting : found.dangling ? 'broken' : 'empty';
  return {
    state,
    ...(current !== undefined && {
      digest: current,
      version: entry?.version ?? (unproven ? activation?.version : undefined),
      since: entry?.time,
    }),
    others: [...releases.keys()]
      .filter((d) => d !== current)
      .map((digest) => ({ digest, ...(versionOf(found, digest) && { version: versionOf(found, digest) }) })),
    ...(found.freeSpace !== undefined && { free_bytes: found.freeSpace }),
    machine: found.machine,
    ...(last && last.result !== 'done' && { last_failure: clean(`${last.result} ${last.version}: ${last.why}`) }),
    ...(found.lock && { locked_by: `${found.lock.who} since ${found.lock.since}` }),
    history: history.map((h) => ({ ...h, why: clean(h.why) })),
  };
}
