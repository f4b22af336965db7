import { type Manifest, parseManifest } from '../../bundle/manifest.js';
import { ownFiles } from '../../bundle/paths.js';
import { ModelError } from '../../errors.js';
import type { DeviceSpec } from '../fleet/device.js';
import { activate } from './activate.js';
import { locked, recheck } from './frame.js';
import { findGoldenRun } from './golden.js';
import { endedBefore, noGolden, nothingMoved, type Outcome, outcomeOf, type UpdateOptions } from './outcome.js';
import { fallbackOf, isUnproven, RefusedError, requireUsable, versionOf } from './plan.js';
import { releaseWord, type Site } from './script.js';
import { isFinal, type Survey, survey } from './survey.js';

/** Switches one device back to the release before the current one, or to the one whose digest begins with `to`. Throws as `updateDevice` does. */
export function rollBackDevice(device: DeviceSpec, name: string, to: string | undefined, options: UpdateOptions): Promise<Outcome> {
  return locked(device, name, '', options, async (place) => {
    const found = await survey(place, []);
    requireUsable(place, found);
    const { run, by } = options.access;
    const ended = endedBefore(found, run);
    if (ended) return outcomeOf(ended, { moved: nothingMoved, golden: noGolden });
    const digest = rollbackTarget(place, found, to);
    const site = { ...place, digest };
    options.onEvent({ kind: 'step', step: 'check' });
    await recheck(site, { learn: false });
    const manifest = await manifestOn(site);
    const golden = await findGoldenRun(site.connection, manifest);
    const from = fallbackOf(found, digest);
    const activation = await activate(site, {
      ...{ device, version: manifest.version, from, fromVersion: versionOf(found, from), kind: 'rollback', golden, run, by },
      onStep: (step) => options.onEvent({ kind: 'step', step }),
    });
    return outcomeOf(activation, { moved: nothingMoved, golden });
  });
}

/** The release to go back to. Throws RefusedError where the device has none. */
export function rollbackTarget({ connection, name }: Site, found: Survey, to: string | undefined): string {
  const { activation, history, releases, current } = found;
  if (to !== undefined) {
    const ofVersion = history.flatMap((h) => (h.version === to && releases.has(h.digest) ? h.digest : []));
    const matching = [...new Set([...[...releases.keys()].filter((d) => d.startsWith(to)), ...ofVersion])];
    if (matching.length === 1) return matching[0];
    const what = matching.length === 0 ? 'has no release' : 'has several releases';
    throw new RefusedError(
      `${connection.name} ${what} of ${name} that is '${to}', a version or the first digits of a digest. 'edgeml fleet status' shows what is there.`,
    );
  }
  // Cut short on the way back: on to where it was going. Cut short on the way forth: back to where it came from.
  if (activation && isUnproven(found) && activation.digest === current && !isFinal(activation.step)) {
    const wanted = activation.kind === 'rollback' ? activation.digest : activation.from;
    if (releases.has(wanted)) return wanted;
  }
  const worked = workedBefore(found).filter((d) => d !== current && releases.has(d));
  const target = worked.at(-1);
  if (target !== undefined) return target;
  throw new RefusedError(`${connection.name} has no earlier release of ${name} that worked. Deploy its bundle again.`);
}

/**
 * The releases that led to the one that works, oldest first: each deployment adds one, each roll-back takes off what came after the
 * one that it went to, so that going back twice goes back twice.
 */
export function workedBefore({ history }: Survey): string[] {
  const stack: string[] = [];
  for (const { result, digest, kind } of history) {
    if (result !== 'done') continue;
    const at = stack.lastIndexOf(digest);
    if (kind === 'rollback' && at >= 0) stack.splice(at + 1);
    else if (stack.at(-1) !== digest) stack.push(digest);
  }
  return stack;
}

async function manifestOn(site: Site): Promise<Manifest> {
  const { connection } = site;
  const { code, stdout } = await connection.exec(`cat ${releaseWord(site, site.digest)}/${ownFiles.manifest}`, {
    title: 'the reading of the manifest',
  });
  try {
    if (code === 0) return parseManifest(stdout, ownFiles.manifest);
  } catch (error) {
    // Made by a newer edgeml, say: it is this device's matter, and no reason to leave the others alone.
    if (!(error instanceof ModelError)) throw error;
    throw new RefusedError(`${connection.name} has a release that cannot be read: ${error.message}`, { cause: error });
  }
  throw new RefusedError(`${connection.name} has a release without ${ownFiles.manifest}. Deploy its bundle again.`);
}
