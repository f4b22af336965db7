import { DeviceError, exitCodes, OfflineError, UsageError } from '../errors.js';
import { isUnproven } from './device/plan.js';
import { type Access, withDevice } from './device/session.js';
import { type HistoryEntry, type Survey, survey } from './device/survey.js';
import { chooseDevices, whoAmI } from './devices.js';
import { nameOr } from './index.js';
import { stateFolder } from './journal/runs.js';
import { type FleetOptions, lookingSsh, rolloutDefaults } from './options.js';
import { limiter } from './rollout/limit.js';
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
  /** Digests that are there beside the current one. */
  readonly others?: readonly string[];
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

/** Looks at every device and changes nothing. `name` is that of a bundle; default: of the newest rollout. Throws UsageError. */
export async function fleetStatus(name: string | undefined, options: FleetOptions): Promise<StatusReport> {
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const bundle = nameOr(name, stateFolder(options.state, options.fleet));
  const access: Access = { by: whoAmI(), run: 'status', lockWait: 0, ssh: lookingSsh(options) };
  const turn = limiter(rolloutDefaults.connections);
  const states = await Promise.all(
    devices.map((device) =>
      turn(async (): Promise<DeviceState> => {
        const common = { name: device.name, target: device.target };
        try {
          const found = await withDevice(device, bundle, '', access, (site) => survey(site, []));
          return { ...common, ...stateOf(found, (text) => withoutSecrets(text, device.variables)) };
        } catch (error) {
          if (!(error instanceof DeviceError || error instanceof UsageError)) throw error;
          return {
            ...common,
            state: error instanceof OfflineError ? 'offline' : 'refused',
            why: withoutSecrets(error.message, device.variables),
          };
        }
      }),
    ),
  );
  const silent = states.filter((s) => s.state === 'offline' || s.state === 'refused').length;
  const exit = silent === 0 ? exitCodes.done : silent === states.length ? exitCodes.device : exitCodes.partial;
  return { schema: 'edgeml.status/1', name: bundle, devices: states, exit_code: exit };
}

function stateOf(found: Survey, clean: (text: string) => string): Omit<DeviceState, 'name' | 'target'> {
  const { activation, current, history, releases } = found;
  const entry = history.findLast((h) => h.digest === current && h.result === 'done');
  const last = history.at(-1);
  const unproven = isUnproven(found);
  const state = found.activating
    ? 'switching'
    : current === undefined
      ? found.dangling
        ? 'broken'
        : 'empty'
      : unproven
        ? 'interrupted'
        : 'works';
  return {
    state,
    ...(current !== undefined && {
      digest: current,
      version: entry?.version ?? (unproven ? activation?.version : undefined),
      since: entry?.time,
    }),
    others: [...releases.keys()].filter((d) => d !== current),
    ...(found.freeSpace !== undefined && { free_bytes: found.freeSpace }),
    machine: found.machine,
    ...(last && last.result !== 'done' && { last_failure: clean(`${last.result} ${last.version}: ${last.why}`) }),
    ...(found.lock && { locked_by: `${found.lock.who} since ${found.lock.since}` }),
    history: history.map((h) => ({ ...h, why: clean(h.why) })),
  };
}
