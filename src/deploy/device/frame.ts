import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../errors.js';
import type { DeviceSpec } from '../fleet/device.js';
import { follow, goldenLimit, limitOf } from './activate.js';
import { noGolden, type Outcome, type UpdateOptions } from './outcome.js';
import { longestScript, runScript, type Site } from './script.js';
import { withDevice, withLock } from './session.js';
import { type Survey, survey } from './survey.js';
import { checks, keyLines, type NewKeys } from './transfer.js';

/** Does something on a device with the connection and the lock, when nothing of earlier connections is going on there any more. */
export function locked(
  device: DeviceSpec,
  name: string,
  digest: string,
  { access, onEvent }: UpdateOptions,
  act: (site: Site) => Promise<Outcome>,
): Promise<Outcome> {
  const onStep = (step: string): void => onEvent({ kind: 'step', step });
  const onWait = (holder: string): void => onEvent({ kind: 'waiting', holder });
  onStep('connect');
  return withDevice(device, name, digest, access, (site) => {
    onStep('lock');
    return withLock(site, access, onWait, async (own) => {
      const { activating, leftover } = await settled(own, onWait);
      if (digest !== '' && leftover > 0) await runScript(own, ['sweep'], { all: 'no' }, { title: 'the removal of other uploads' });
      // Its connection was lost: it holds no lock, and it still switches.
      if (activating) await follow(own, { limit: limitOf(device, noGolden) + goldenLimit * 1000, onStep });
      return act(own);
    });
  });
}

/** Waits for scripts whose connection was lost: they go on without it. */
async function settled(site: Site, onWait: (holder: string) => void): Promise<Survey> {
  const end = performance.now() + longestScript;
  for (let told = false; ; told = true) {
    const found = await survey(site, []);
    if (!found.busy) return found;
    if (!told) onWait('what an earlier connection began there');
    if (performance.now() > end) {
      throw new DeviceError(
        `${site.connection.name} is still at work for a connection that is long gone. Look there at ${site.root}/${site.name}.`,
      );
    }
    await sleep(500);
  }
}

/**
 * Hashes a release that is there and verifies its signature, which `minisig` replaces where it is another one. Makes keys known to
 * the device unless `learn` is false: what was taken from a device must not come back with an old release.
 */
export async function recheck(
  site: Site,
  options: { readonly newKeys?: NewKeys; readonly minisig?: string; readonly learn?: boolean },
): Promise<void> {
  const { newKeys = [], minisig = '', learn = true } = options;
  const variables = { newkeys: keyLines(newKeys), minisig: minisig.trimEnd(), learn: learn ? 'yes' : 'no' };
  await runScript(site, [...checks, 'recheck'], variables, { title: 'the check of the release', timeout: longestScript });
}

/** Removes old releases, and what is left of uploads. */
export async function collect(site: Site, old: readonly string[]): Promise<void> {
  await runScript(site, ['collect'], { old: old.join('\n') }, { title: 'the removal of old releases', timeout: 600_000 });
}
