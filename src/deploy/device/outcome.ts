import { OfflineError } from '../../errors.js';
import type { GoldenRun } from './golden.js';
import type { DevicePlan } from './plan.js';
import type { Access } from './session.js';
import { type Activation, isFinal, type Survey } from './survey.js';
import type { NewKeys, Transferred } from './transfer.js';

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
  /** So many of all bytes to be sent are there. */
  | { readonly kind: 'bytes'; readonly bytes: number; readonly total: number }
  /** So many more went over the network. */
  | { readonly kind: 'sent'; readonly bytes: number }
  | { readonly kind: 'plan'; readonly plan: DevicePlan };

export interface UpdateOptions {
  readonly access: Access;
  /** Public keys that devices which know none are to know from now on; the bundle has to be signed with one of them. */
  readonly newKeys: NewKeys;
  readonly onEvent: (event: DeviceEvent) => void;
  /** Runs an upload when it is its turn. */
  readonly transferTurn: <T>(action: () => Promise<T>) => Promise<T>;
}

export const nothingMoved: Transferred = { sent: 0, reused: 0, resumed: 0 };
export const noGolden: GoldenRun = { command: '', runtimes: [], without: [] };

/** Whether two ids are of one run, one of which may be of a time when it was gone on with (`RUN+1`). */
export const sameRun = (a: string, b: string): boolean => a.split('+')[0] === b.split('+')[0];

/**
 * The switch that this run began before its connection was lost, or before edgeml was killed, where it has ended since. One that
 * failed before the run was gone on with does not count: it is to be tried again.
 */
export function endedBefore({ activation }: Survey, run: string): Activation | undefined {
  if (!activation || !isFinal(activation.step)) return undefined;
  return activation.run === run || (activation.step === 'done' && sameRun(activation.run, run)) ? activation : undefined;
}

/** What a switch that has ended makes of a device. Throws OfflineError for one that was cut short. */
export function outcomeOf(activation: Activation, { moved, golden }: { moved: Transferred; golden: GoldenRun }): Outcome {
  const { step, why, from, digest, version } = activation;
  if (!isFinal(step)) throw new OfflineError(`The switch on the device was cut short at the step '${step}'.`);
  const status = step === 'done' ? 'updated' : step === 'rolled-back' ? 'rolled-back' : 'failed';
  const warnings = golden.without.map((file) => `the golden inputs of ${file} were not run, no runtime for them was found.`);
  return {
    ...{ status, to: digest, version, moved, warnings, golden: golden.runtimes },
    ...(from !== '' && { from }),
    ...(why !== '' && { why }),
  };
}
