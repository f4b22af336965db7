import type { Bundle } from '../../bundle/open.js';
import type { DeviceSpec } from '../fleet/device.js';
import { activate } from './activate.js';
import { collect, locked, recheck } from './frame.js';
import { findGoldenRun } from './golden.js';
import { endedBefore, noGolden, nothingMoved, type Outcome, outcomeOf, type UpdateOptions } from './outcome.js';
import { type DevicePlan, requireSpace, versionOf } from './plan.js';
import { runScript, ScriptFailure, type Site } from './script.js';
import { lookAndPlan } from './session.js';
import { type Transferred, transfer } from './transfer.js';

/**
 * Brings one device to the release of a bundle: lock, look, send, check, switch, see whether it works, tidy up. Whatever ends it
 * early, `current` there points to a complete release, and doing it again goes on from there.
 * Throws RefusedError where trying again changes nothing, OfflineError where it may help, DeviceError otherwise.
 */
export function updateDevice(device: DeviceSpec, bundle: Bundle, options: UpdateOptions): Promise<Outcome> {
  const { manifest, digest } = bundle;
  return locked(device, manifest.name, digest, options, async (site) => {
    const { keep } = device;
    let { survey: found, plan } = await lookAndPlan(site, bundle, { keep });
    const step = (name: string): void => options.onEvent({ kind: 'step', step: name });
    if (plan.kind !== 'update') {
      step('check');
      const whole = await isWhole(site, bundle, options);
      if (!whole) ({ survey: found, plan } = await lookAndPlan(site, bundle, { keep, damaged: true }));
    }
    options.onEvent({ kind: 'plan', plan });
    const { run, by } = options.access;
    // Whoever saw to the switch was lost before it could tidy up.
    if (plan.kind === 'none' && (found.untidy || plan.remove.length > 0)) await collect(site, plan.remove);
    const ended = endedBefore(found, run);
    if (ended?.digest === digest && plan.kind !== 'update') return outcomeOf(ended, { moved: nothingMoved, golden: noGolden });
    if (plan.kind === 'none') {
      return { status: 'unchanged', from: digest, to: digest, version: manifest.version, moved: nothingMoved, warnings: [], golden: [] };
    }
    if (plan.kind === 'update') step('queue');
    const moved = plan.kind === 'update' ? await options.transferTurn(() => send(site, bundle, plan, options)) : nothingMoved;
    const golden = await findGoldenRun(site.connection, manifest);
    const activation = await activate(site, {
      ...{ device, version: manifest.version, from: plan.from, fromVersion: versionOf(found, plan.from), kind: 'deploy', golden, run, by },
      onStep: step,
    });
    if (activation.step === 'done') await collect(site, plan.remove);
    return outcomeOf(activation, { moved, golden });
  });
}

/** Whether every file of the release that is there is as it should be. Throws where its signature is not. */
async function isWhole(site: Site, bundle: Bundle, { newKeys }: UpdateOptions): Promise<boolean> {
  try {
    await recheck(site, { newKeys, minisig: bundle.signature?.text });
    return true;
  } catch (error) {
    if (error instanceof ScriptFailure && error.word === 'damaged') return false;
    throw error;
  }
}

async function send(site: Site, bundle: Bundle, planned: DevicePlan, { newKeys, onEvent }: UpdateOptions): Promise<Transferred> {
  let plan = planned;
  if (plan.tight && plan.remove.length > 0) {
    // Releases that are kept no longer go now: they may be all that is in the way. Some files may have been linked from them.
    await collect(site, plan.remove);
    const keep = Number.POSITIVE_INFINITY;
    ({ plan } = await lookAndPlan(site, bundle, { keep, damaged: true }));
  }
  requireSpace(site, plan);
  onEvent({ kind: 'step', step: 'send' });
  try {
    return await transfer(site, bundle, plan, {
      newKeys,
      onProgress: (bytes, total) => onEvent({ kind: 'bytes', bytes, total }),
      onSent: (bytes) => onEvent({ kind: 'sent', bytes }),
      onCheck: () => onEvent({ kind: 'step', step: 'check' }),
    });
  } catch (error) {
    // A disk that is full does harm to everything else on the device.
    if (error instanceof ScriptFailure && error.word === 'space') {
      await runScript(site, ['sweep'], { all: 'yes' }, { title: 'the removal of the upload' });
    }
    throw error;
  }
}
