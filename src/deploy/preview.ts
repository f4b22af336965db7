import { openBundle } from '../bundle/open.js';
import { readTrusted } from '../bundle/trust.js';
import { DeviceError, exitCodes, OfflineError, UsageError } from '../errors.js';
import { findGoldenRun } from './device/golden.js';
import { type DevicePlan, requireSpace } from './device/plan.js';
import { type Access, lookAndPlan, withDevice } from './device/session.js';
import { chooseDevices, whoAmI } from './devices.js';
import type { DeviceSpec } from './fleet/device.js';
import { type DeployOptions, lookingSsh, rolloutDefaults } from './options.js';
import { limiter } from './rollout/limit.js';
import { waveSizes } from './rollout/waves.js';
import { withoutSecrets } from './secrets.js';

/** What would change on a device. */
export interface PlannedDevice {
  readonly name: string;
  readonly target: string;
  /** In which wave its turn would come, from 1 on. */
  readonly wave: number;
  readonly action: DevicePlan['kind'] | 'refused' | 'offline';
  readonly from?: string;
  readonly to?: string;
  readonly send_bytes?: number;
  readonly reuse_bytes?: number;
  /** What would be done, in order. */
  readonly steps: readonly string[];
  readonly why?: string;
  /** Who holds the lock there now. */
  readonly locked_by?: string;
}

/** What `edgeml deploy --plan --json` prints. */
export interface PlanReport {
  readonly schema: 'edgeml.plan/1';
  readonly bundle: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly bytes: number;
    readonly signed: boolean;
  };
  readonly devices: readonly PlannedDevice[];
  readonly waves: readonly number[];
  readonly exit_code: number;
}

/** Looks at every device and says what a deployment would do; changes nothing, here or there. Throws as `deploy` does. */
export async function planDeployment(path: string, options: DeployOptions): Promise<PlanReport> {
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const bundle = await openBundle(path, await readTrusted(options.trust ?? []));
  const { manifest, digest, bytes } = bundle;
  const waves = waveSizes(options.rollout?.waves ?? rolloutDefaults.waves, devices.length);
  const access: Access = {
    ...{ by: whoAmI(), run: 'plan', lockWait: 0 },
    ssh: lookingSsh(options),
  };
  const turn = limiter(options.rollout?.connections ?? rolloutDefaults.connections);
  const planned = await Promise.all(
    devices.map((device, i) =>
      turn(async (): Promise<PlannedDevice> => {
        const common = { name: device.name, target: device.target, wave: waves.findIndex((size) => i < size) + 1 };
        try {
          return await withDevice(device, manifest.name, digest, access, async (site) => {
            const { survey, plan } = await lookAndPlan(site, bundle, { keep: device.keep });
            // Old releases that go first may make room; how much, only removing them tells.
            if (plan.remove.length === 0) requireSpace(site, plan);
            const golden = plan.kind === 'none' ? undefined : await findGoldenRun(site.connection, manifest);
            return {
              ...common,
              ...{ action: plan.kind, to: digest, send_bytes: plan.send, reuse_bytes: plan.reuse },
              ...(survey.current !== undefined && { from: survey.current }),
              steps: stepsOf(device, plan, golden?.runtimes ?? []),
              ...(survey.lock && { locked_by: `${survey.lock.who} since ${survey.lock.since}` }),
            };
          });
        } catch (error) {
          if (!(error instanceof DeviceError || error instanceof UsageError)) throw error;
          const action = error instanceof OfflineError ? 'offline' : 'refused';
          return { ...common, action, steps: [], why: withoutSecrets(error.message, device.variables) };
        }
      }),
    ),
  );
  const well = planned.filter((d) => d.action !== 'refused' && d.action !== 'offline').length;
  return {
    ...{
      schema: 'edgeml.plan/1',
      bundle: { name: manifest.name, version: manifest.version, digest, bytes, signed: bundle.signature !== undefined },
    },
    ...{ devices: planned, waves },
    exit_code: well === planned.length ? exitCodes.done : well === 0 ? exitCodes.device : exitCodes.partial,
  };
}

function stepsOf({ hooks, health }: DeviceSpec, plan: DevicePlan, runtimes: readonly string[]): string[] {
  if (plan.kind === 'none') return [];
  return [
    ...(plan.kind === 'update' ? ['send', 'check'] : ['check']),
    ...(hooks.before ? ['hook before'] : []),
    'switch',
    ...(hooks.after ? ['hook after'] : []),
    ...(health ? ['health'] : []),
    ...(runtimes.length > 0 ? [`golden inputs (${runtimes.join(', ')})`] : []),
    ...(plan.remove.length > 0 ? [`remove ${plan.remove.length} old`] : []),
  ];
}
