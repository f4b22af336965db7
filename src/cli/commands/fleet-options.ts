import { existsSync } from 'node:fs';
import type { Resolved } from '../../config/resolve.js';
import type { Values } from '../../config/settings.js';
import { stateFolder } from '../../deploy/journal/runs.js';
import type { DeployOptions } from '../../deploy/options.js';
import { parseMaxFailures, parseWaves } from '../../deploy/rollout/waves.js';
import { UsageError } from '../../errors.js';
import { askHidden } from './ask.js';

/** What settings say of devices, connections and the rollout. Throws UsageError for waves and thresholds that make no sense. */
export function fleetOptions(v: Values, origins?: Resolved['origins']): DeployOptions {
  if (v.identity !== undefined && !existsSync(v.identity))
    throw new UsageError(`--identity: there is no key ${v.identity}. Give the file of a private key.`);
  const flags = defined({
    ...{ root: v.root, keep: v.keep, health: v.health, healthTimeout: v.healthTimeout, healthRetries: v.healthRetries },
    ...{ hookBefore: v.hookBefore, hookAfter: v.hookAfter, identity: v.identity, jump: v.jump, acceptNewHostKeys: v.acceptNewHostKeys },
  });
  const rollout = defined({
    ...{ waves: v.waves && parseWaves(v.waves), maxFailures: v.maxFailures === undefined ? undefined : parseMaxFailures(v.maxFailures) },
    ...{ minSample: v.minSample, connections: v.concurrency, transfers: v.transfers, pause: v.pause, retries: v.retries },
  });
  return defined({
    // Devices that are named on the command line stand in place of the fleet of edgeml.yaml; two flags contradict each other.
    ...{
      fleet: v.deployTo?.length && origins?.get('fleet') !== 'flag' ? undefined : v.fleet,
      only: v.deployTo?.length && origins?.get('only') !== 'flag' ? undefined : v.only,
      targets: origins?.get('fleet') === 'flag' && origins.get('deployTo') !== 'flag' ? undefined : v.deployTo,
      state: v.state,
      trust: v.trust,
    },
    ...{ wait: v.wait, lockWait: v.lockWait, flags, rollout, ssh: { passphrase } },
  });
}

/** Where `edgeml fleet` looks for runs when it is called without flags. */
export function usualState(v: Values, origins: Resolved['origins']): string {
  const unflagged = (name: 'state' | 'fleet'): string | undefined => (origins.get(name) === 'flag' ? undefined : v[name]);
  return stateFolder(unflagged('state'), unflagged('fleet'));
}

const defined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

const asked = new Map<string, Promise<string | undefined>>();

/** Asked for once per key file, whatever the number of devices. */
const passphrase = async (file: string): Promise<string | undefined> => {
  if (process.env.EDGEML_SSH_PASSPHRASE) return process.env.EDGEML_SSH_PASSPHRASE;
  const answer = asked.get(file) ?? askHidden(`Passphrase of ${file}: `);
  asked.set(file, answer);
  return answer;
};
