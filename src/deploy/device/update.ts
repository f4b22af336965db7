import { type Manifest, parseManifest } from '../../bundle/manifest.js';
import type { Bundle } from '../../bundle/open.js';
import { ownFiles } from '../../bundle/paths.js';
import { OfflineError } from '../../errors.js';
import { quote } from '../../ssh/quote.js';
import type { DeviceSpec } from '../fleet/device.js';
import { activate, follow, limitOf } from './activate.js';
import { findGoldenRun, type GoldenRun } from './golden.js';
import { type DevicePlan, RefusedError, requireUsable } from './plan.js';
import { folderWord, runScript, ScriptFailure, type Site } from './script.js';
import { type Access, lookAndPlan, withDevice, withLock } from './session.js';
import { type Activation, isFinal, type Survey, survey } from './survey.js';
import { checks, keyLines, type NewKeys, type Transferred, transfer } from './transfer.js';

/** What became of a device. */
export interface Outcome {
  /** `unchanged`: it had the release. `rolled-back`: it did not work and the device switched back. `failed`: nothing was switched. */
  readonly status: 'updated' | 'unchanged' | 'rolled-back' | 'failed';
  /** The release before; undefined where there was none. */
  readonly from?: string;
  readonly to: string;
  readonly version: string;
  /** Why, where it is not good. */
  readonly why?: string;
  readonly moved: Transferred;
  readonly warnings: readonly string[];
  /** What ran the golden inputs there. */
  readonly golden: readonly string[];
}

/** What is being done on a device, for whoever watches. */
export type DeviceEvent =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'waiting'; readonly holder: string }
  | { readonly kind: 'bytes'; readonly bytes: number; readonly total: number }
  | { readonly kind: 'plan'; readonly plan: DevicePlan };

export interface UpdateOptions {
  readonly access: Access;
  /** Public keys that devices are to know from now on; the bundle has to be signed with one of them. */
  readonly newKeys: NewKeys;
  readonly onEvent: (event: DeviceEvent) => void;
  /** Runs an upload when it is its turn. */
  readonly transferTurn: <T>(action: () => Promise<T>) => Promise<T>;
}

const nothingMoved: Transferred = { sent: 0, reused: 0, resumed: 0 };
const noGolden: GoldenRun = { command: '', runtimes: [], without: [] };

/**
 * Brings one device to the release of a bundle: lock, look, send, check, switch, see whether it works, tidy up. Whatever ends it
 * early, `current` there points to a complete release, and doing it again goes on from there.
 * Throws RefusedError where trying again changes nothing, OfflineError where it may help, DeviceError otherwise.
 */
export function updateDevice(device: DeviceSpec, bundle: Bundle, options: UpdateOptions): Promise<Outcome> {
  const { manifest, digest } = bundle;
  return locked(device, manifest.name, digest, options, async (site) => {
    const { survey: found, plan } = await lookAndPlan(site, bundle, device.keep);
    options.onEvent({ kind: 'plan', plan });
    const { run, by } = options.access;
    const common = { to: digest, version: manifest.version };
    const ended = endedBefore(found, run);
    // Whoever saw to the switch was lost before it could tidy up.
    if (plan.kind === 'none' && (found.untidy || plan.remove.length > 0)) await collect(site, plan.remove);
    if (ended?.digest === digest) return outcomeOf(ended, { moved: nothingMoved, golden: noGolden });
    if (plan.kind === 'none') {
      if (options.newKeys.length > 0) await recheck(site, options.newKeys);
      return { status: 'unchanged', from: digest, ...common, moved: nothingMoved, warnings: [], golden: [] };
    }
    const sends = plan.kind === 'update';
    const moved = sends ? await options.transferTurn(() => send(site, bundle, plan, options)) : nothingMoved;
    if (!sends) {
      options.onEvent({ kind: 'step', step: 'check' });
      await recheck(site, options.newKeys);
    }
    const golden = await findGoldenRun(site.connection, manifest);
    const activation = await activate(site, {
      ...{ device, version: manifest.version, from: plan.from, golden, run, by },
      onStep: (step) => options.onEvent({ kind: 'step', step }),
    });
    if (activation.step === 'done') await collect(site, plan.remove);
    return outcomeOf(activation, { moved, golden });
  });
}

/** Switches one device back to the release before the current one, or to `to`. Throws as {@link updateDevice} does. */
export function rollBackDevice(device: DeviceSpec, name: string, to: string | undefined, options: UpdateOptions): Promise<Outcome> {
  return locked(device, name, '', options, async (place) => {
    const found = await survey(place, []);
    requireUsable(place, found);
    const { run, by } = options.access;
    const ended = endedBefore(found, run);
    if (ended) return outcomeOf(ended, { moved: nothingMoved, golden: noGolden });
    const digest = rollbackTarget(place, found, to);
    const site = { ...place, digest };
    await recheck(site, []);
    const manifest = await manifestOn(site);
    const golden = await findGoldenRun(site.connection, manifest);
    const activation = await activate(site, {
      ...{ device, version: manifest.version, from: found.current, golden, run, by },
      onStep: (step) => options.onEvent({ kind: 'step', step }),
    });
    return outcomeOf(activation, { moved: nothingMoved, golden });
  });
}

/**
 * The switch that this run began before its connection was lost, or before edgeml was killed, where it has ended since. One that
 * failed before the run was gone on with (`RUN+1`) does not count: it is to be tried again.
 */
function endedBefore({ activation }: Survey, run: string): Activation | undefined {
  if (!activation || !isFinal(activation.step)) return undefined;
  const ofRun = (id: string): string => id.split('+')[0];
  const ours = activation.run === run || (activation.step === 'done' && ofRun(activation.run) === ofRun(run));
  return ours ? activation : undefined;
}

/** The release that worked before the current one. Throws RefusedError where the device has none. */
function rollbackTarget({ connection, name }: Site, { history, releases, current }: Survey, to: string | undefined): string {
  if (to !== undefined) {
    const matching = [...releases.keys()].filter((d) => d.startsWith(to));
    if (matching.length === 1) return matching[0];
    const what = matching.length === 0 ? 'has no release' : 'has several releases';
    throw new RefusedError(
      `${connection.name} ${what} of ${name} whose digest begins with ${to}. 'edgeml fleet status' shows what is there.`,
    );
  }
  const before = history.findLast((h) => h.result === 'done' && h.digest !== current && releases.has(h.digest));
  if (before) return before.digest;
  throw new RefusedError(`${connection.name} has no earlier release of ${name} that worked. Deploy its bundle again.`);
}

/** With the connection and the lock, when no switch is going on there any more. */
function locked(
  device: DeviceSpec,
  name: string,
  digest: string,
  { access, onEvent }: UpdateOptions,
  act: (site: Site) => Promise<Outcome>,
): Promise<Outcome> {
  const onStep = (step: string): void => onEvent({ kind: 'step', step });
  onStep('connect');
  return withDevice(device, name, digest, access, (site) => {
    onStep('lock');
    return withLock(
      site,
      access,
      (holder) => onEvent({ kind: 'waiting', holder }),
      async (own) => {
        // Its connection was lost: it holds no lock, and it still switches.
        const { activating, leftover } = await survey(own, []);
        if (digest !== '' && leftover > 0) await runScript(own, ['sweep'], { all: 'no' }, { title: 'the removal of other uploads' });
        if (activating) await follow(own, { limit: limitOf(device, noGolden) + 300_000, onStep });
        return act(own);
      },
    );
  });
}

async function send(site: Site, bundle: Bundle, plan: DevicePlan, { newKeys, onEvent }: UpdateOptions): Promise<Transferred> {
  onEvent({ kind: 'step', step: 'send' });
  try {
    return await transfer(site, bundle, plan, {
      newKeys,
      onProgress: (bytes, total) => onEvent({ kind: 'bytes', bytes, total }),
      onCheck: () => onEvent({ kind: 'step', step: 'check' }),
    });
  } catch (error) {
    // A disk that is full does harm to everything else on the device.
    if (error instanceof ScriptFailure && error.word === 'space')
      await runScript(site, ['sweep'], { all: 'yes' }, { title: 'the removal of the upload' });
    throw error;
  }
}

/** Hashes a release that is there, and makes keys known to the device. */
async function recheck(site: Site, newKeys: NewKeys): Promise<void> {
  await runScript(site, [...checks, 'recheck'], { newkeys: keyLines(newKeys) }, { title: 'the check of the release', timeout: 1_800_000 });
}

async function collect(site: Site, old: readonly string[]): Promise<void> {
  await runScript(site, ['collect'], { old: old.join('\n') }, { title: 'the removal of old releases', timeout: 600_000 });
}

async function manifestOn(site: Site): Promise<Manifest> {
  const path = `${folderWord(site.root)}/${quote(site.name)}/releases/${site.digest}/${ownFiles.manifest}`;
  const { stdout } = await site.connection.exec(`cat ${path}`, { title: 'the reading of the manifest' });
  return parseManifest(stdout, `${site.connection.name}: ${ownFiles.manifest}`);
}

function outcomeOf(activation: Activation, { moved, golden }: { moved: Transferred; golden: GoldenRun }): Outcome {
  const { step, why, from, digest, version } = activation;
  const status = step === 'done' ? 'updated' : step === 'rolled-back' ? 'rolled-back' : step === 'failed' ? 'failed' : undefined;
  if (status === undefined && step !== 'stuck') throw new OfflineError(`The switch on the device was cut short at the step '${step}'.`);
  const warnings = golden.without.map((file) => `the golden inputs of ${file} were not run, no runtime for them was found.`);
  return {
    status: status ?? 'failed',
    ...(from !== '' && { from }),
    ...{ to: digest, version, moved, warnings, golden: golden.runtimes },
    ...(why !== '' && { why }),
  };
}
