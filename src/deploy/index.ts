import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Bundle, openBundle } from '../bundle/open.js';
import type { PublicKey } from '../bundle/sign/key-files.js';
import { keyIdText } from '../bundle/sign/text.js';
import { readTrusted } from '../bundle/trust.js';
import { ModelError, UsageError } from '../errors.js';
import { edgemlVersion } from '../version.js';
import type { NewKeys } from './device/transfer.js';
import { chooseDevices, whoAmI } from './devices.js';
import type { RunEvent } from './journal/events.js';
import { findRun, keepBundle, makeRun, newRunId, type Run, runFiles, stateFolder } from './journal/runs.js';
import { nameOr } from './names.js';
import { type DeployOptions, rollBackDefaults, rolloutDefaults } from './options.js';
import type { RolloutReport } from './rollout/types.js';
import { runRollout } from './run.js';

const defaultLockWait = 120_000;

/**
 * Rolls a bundle out to devices over SSH.
 * @param path A file that `createBundle` made.
 * Throws UsageError for devices or options that make no sense, ModelError where the bundle cannot be read or is not signed as asked,
 * WriteError where nothing can be written down. What happens on devices is in the report.
 */
export async function deploy(path: string, options: DeployOptions): Promise<RolloutReport> {
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const trusted = await readTrusted(options.trust ?? []);
  const { manifest, digest } = await openBundle(path, trusted);
  const head = headOf(options, 'deploy', manifest.name, devices);
  const folder = makeRun(stateFolder(options.state, options.fleet), head.run);
  // What is sent is the copy: whatever becomes of the file.
  const bundle = await openBundle(keepBundle(path, folder), trusted);
  if (bundle.digest !== digest) throw new ModelError(`${path} changed while it was read. Wait until it is written, then try again.`);
  options.onBegin?.({ id: head.run, folder, devices });
  const signed = bundle.signature !== undefined;
  const about = { path: runFiles.bundle, name: manifest.name, version: manifest.version, digest, bytes: bundle.bytes, signed };
  const report = await runRollout({
    ...{ folder, devices, newKeys: newKeysOf(trusted), ssh: options.ssh ?? {}, onEvent: options.onEvent, stop: options.stop },
    head: { ...head, bundle: about, trust: (options.trust ?? []).map((f) => resolve(f)) },
    bundle,
  });
  dropBundle(report, folder);
  return report;
}

/** Switches devices back to the release before, or to the one whose digest begins with `to`. Throws as {@link deploy} does. */
export async function rollBack(name: string | undefined, to: string | undefined, options: DeployOptions): Promise<RolloutReport> {
  const state = stateFolder(options.state, options.fleet);
  const { devices, warnings } = await chooseDevices(options, options.flags ?? {});
  for (const w of warnings) options.onWarning?.(w);
  const head = headOf(options, 'rollback', nameOr(name, state), devices);
  const folder = makeRun(state, head.run);
  options.onBegin?.({ id: head.run, folder, devices });
  return runRollout({
    ...{ folder, devices, newKeys: [], ssh: options.ssh ?? {}, onEvent: options.onEvent, stop: options.stop },
    head: { ...head, trust: [], ...(to !== undefined && { to }) },
  });
}

/**
 * Goes on with a run that was stopped, was killed, or left devices behind: only those that are not done.
 * @param id The run's id or its beginning; default: the newest that did not end well.
 */
export async function resume(id: string | undefined, options: DeployOptions): Promise<RolloutReport> {
  const run = findRun(stateFolder(options.state, options.fleet), id, (r) => r.exitCode !== 0, 'to go on with');
  const { head, folder } = run;
  if (run.exitCode === 0) throw new UsageError(`All devices of the rollout ${run.id} are done: nothing is left.`);
  const flags = { ...head.flags, ...options.flags };
  const chosen = await chooseDevices(head.selection, flags);
  for (const w of chosen.warnings) options.onWarning?.(w);
  const now = new Map(chosen.devices.map((d) => [d.name, d]));
  const gone = head.devices.filter((d) => !now.has(d.name)).map((d) => d.name);
  if (gone.length > 0) options.onWarning?.(`No longer in ${head.selection.fleet}, and left out: ${gone.join(', ')}.`);
  const devices = head.devices.flatMap((d) => now.get(d.name) ?? []);
  const done = new Set(run.devices.filter((d) => d.status === 'updated' || d.status === 'unchanged').map((d) => d.name));
  const trusted = await readTrusted(head.trust);
  const bundle = head.bundle && (await keptBundle(run, trusted));
  // A time that is over would leave one try.
  const given = options.wait === undefined ? run.waitUntil : Date.now() + options.wait;
  const waitUntil = given !== undefined && given > Date.now() ? given : undefined;
  const rollout = { ...head.options, ...options.rollout, waitUntil };
  options.onBegin?.({ id: run.id, folder, devices, done: [...done] });
  const report = await runRollout({
    ...{
      folder,
      devices,
      resumed: { done, times: run.resumes + 1 },
      bundle,
      newKeys: newKeysOf(trusted),
      ssh: options.ssh ?? {},
      onEvent: options.onEvent,
      stop: options.stop,
    },
    head: { ...head, flags, options: rollout, by: whoAmI(), lockWait: options.lockWait ?? head.lockWait },
  });
  dropBundle(report, folder);
  return report;
}

async function keptBundle({ folder, id, head }: Run, trusted: readonly PublicKey[]): Promise<Bundle> {
  const bundle = await openBundle(join(folder, runFiles.bundle), trusted);
  if (bundle.digest === head.bundle?.digest) return bundle;
  throw new UsageError(`The bundle that is kept with the rollout ${id} is not the one that it began with. Deploy the bundle anew.`);
}

/** What a rollout is, for its journal. */
function headOf(options: DeployOptions, kind: RunEvent['kind'], name: string, devices: readonly { name: string; target: string }[]) {
  const { fleet, only, targets, rollout, wait, lockWait = defaultLockWait, flags = {} } = options;
  return {
    ...{ run: newRunId(name, new Date(), randomBytes(2).toString('hex')), kind, name, flags, lockWait, by: whoAmI() },
    selection: {
      ...(fleet !== undefined && { fleet: resolve(fleet) }),
      ...(only !== undefined && { only }),
      ...(targets !== undefined && { targets }),
    },
    options: {
      ...(kind === 'deploy' ? rolloutDefaults : rollBackDefaults),
      ...rollout,
      ...(wait !== undefined && { waitUntil: Date.now() + wait }),
    },
    devices: devices.map((d) => ({ name: d.name, target: d.target })),
    tool: `edgeml ${edgemlVersion()}`,
  };
}

/** A rollout that is done needs its bundle no more; the devices have it. */
function dropBundle(report: RolloutReport, folder: string): void {
  if (report.exit_code === 0) rmSync(join(folder, runFiles.bundle), { force: true });
}

const newKeysOf = (keys: readonly PublicKey[]): NewKeys =>
  keys.map((k) => ({ id: keyIdText(k.keyId), line: Buffer.concat([Buffer.from('Ed'), k.keyId, k.key]).toString('base64') }));
