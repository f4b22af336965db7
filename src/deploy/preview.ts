import { openBundle } from '../bundle/open.js';
import { readTrusted } from '../bundle/trust.js';
import { findGoldenRun, type GoldenRun } from './device/golden.js';
import { type DevicePlan, requireSpace, requireUsable } from './device/plan.js';
import { rollbackTarget } from './device/rollback.js';
import { lookAndPlan } from './device/session.js';
import { survey } from './device/survey.js';
import { chooseDevices } from './devices.js';
import type { DeviceSpec } from './fleet/device.js';
import { stateFolder } from './journal/runs.js';
import { type Looked, lookAtAll, lookExitCode } from './look.js';
import { nameOr } from './names.js';
import { type DeployOptions, rollBackDefaults, rolloutDefaults } from './options.js';
import type { Wave } from './rollout/types.js';
import { waveSizes } from './rollout/waves.js';

/** What would change on a device. */
export interface PlannedDevice {
  readonly name: string;
  readonly target: string;
  /** In which wave its turn would come, from 1 on. */
  readonly wave: number;
  readonly action: DevicePlan['kind'] | 'refused' | 'offline';
  /** Digests. */
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

/** What `--plan --json` prints. */
export interface PlanReport {
  readonly schema: 'edgeml.plan/1';
  readonly kind: 'deploy' | 'rollback';
  readonly name: string;
  /** Of a deployment. */
  readonly bundle?: {
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

type Found = Omit<PlannedDevice, 'name' | 'target' | 'wave'>;

/** Looks at every device and says what a deployment would do; changes nothing, here or there. Throws as `deploy` does. */
export async function planDeployment(path: string, options: DeployOptions): Promise<PlanReport> {
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const bundle = await openBundle(path, await readTrusted(options.trust ?? []));
  const { manifest, digest, bytes } = bundle;
  const looked = await lookAtAll(devices, { name: manifest.name, digest }, looking(options), async (site, device): Promise<Found> => {
    const { survey: there, plan } = await lookAndPlan(site, bundle, { keep: device.keep });
    // Old releases that go first may make room; how much, only removing them tells.
    if (plan.remove.length === 0) requireSpace(site, plan);
    const golden = plan.kind === 'none' ? undefined : await findGoldenRun(site.connection, manifest);
    return {
      ...{ action: plan.kind, to: digest, send_bytes: plan.send, reuse_bytes: plan.reuse, steps: stepsOf(device, plan, golden) },
      ...(there.current !== undefined && { from: there.current }),
      ...(there.lock && { locked_by: `${there.lock.who} since ${there.lock.since}` }),
    };
  });
  const about = { name: manifest.name, version: manifest.version, digest, bytes, signed: bundle.signature !== undefined };
  return { ...reportOf(looked, 'deploy', manifest.name, options.rollout?.waves ?? rolloutDefaults.waves), bundle: about };
}

/** The same for going back. */
export async function planRollBack(name: string | undefined, to: string | undefined, options: DeployOptions): Promise<PlanReport> {
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const bundle = nameOr(name, stateFolder(options.state, options.fleet));
  const looked = await lookAtAll(devices, { name: bundle, digest: '' }, looking(options), async (site, device): Promise<Found> => {
    const there = await survey(site, []);
    requireUsable(site, there);
    const target = rollbackTarget(site, there, to);
    const plan: DevicePlan = { kind: 'switch', to: target, work: [], send: 0, reuse: 0, remove: [] };
    return {
      action: 'switch',
      to: target,
      steps: stepsOf(device, plan, undefined),
      ...(there.current !== undefined && { from: there.current }),
    };
  });
  return reportOf(looked, 'rollback', bundle, options.rollout?.waves ?? rollBackDefaults.waves);
}

const looking = (options: DeployOptions) => ({ ...options, connections: options.rollout?.connections });

function reportOf(looked: readonly Looked<Found>[], kind: PlanReport['kind'], name: string, waves: readonly Wave[]): PlanReport {
  const sizes = waveSizes(waves, looked.length);
  const devices = looked.map((l, i): PlannedDevice => {
    const common = { name: l.device.name, target: l.device.target, wave: sizes.findIndex((size) => i < size) + 1 };
    return l.failed === undefined ? { ...common, ...l.found } : { ...common, action: l.failed, steps: [], why: l.why };
  });
  return { schema: 'edgeml.plan/1', kind, name, devices, waves: sizes, exit_code: lookExitCode(looked) };
}

function stepsOf({ hooks, health }: DeviceSpec, plan: DevicePlan, golden: GoldenRun | undefined): string[] {
  if (plan.kind === 'none') return [];
  return [
    ...(plan.kind === 'update' ? ['send', 'check'] : ['check']),
    ...(hooks.before ? ['hook before'] : []),
    'switch',
    ...(hooks.after ? ['hook after'] : []),
    ...(health ? ['health'] : []),
    ...(golden?.runtimes.length ? [`golden inputs (${golden.runtimes.join(', ')})`] : []),
    ...(golden?.without.length ? ['golden inputs not run: no runtime found'] : []),
    ...(plan.remove.length > 0 ? [`remove ${plan.remove.length} old`] : []),
  ];
}
