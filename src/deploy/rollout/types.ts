import type { Outcome } from '../device/outcome.js';

/** What a device is in the end, or for now. */
export type DeviceStatus =
  /** It has the release, and the release works. */
  | 'updated'
  /** It had it before. */
  | 'unchanged'
  /** The release did not work there; the device switched back to the one before. */
  | 'rolled-back'
  /** Something went wrong there before the switch, or the switch back failed. */
  | 'failed'
  /** It cannot take the bundle, or its host key or login is wrong: trying again changes nothing. */
  | 'refused'
  /** It did not answer, or was lost again and again. */
  | 'offline'
  /** Its turn has not come. */
  | 'pending';

/** A device in a report. */
export interface DeviceReport {
  readonly name: string;
  readonly target: string;
  readonly status: DeviceStatus;
  readonly why?: string;
  /** Digests. */
  readonly from?: string;
  readonly to?: string;
  readonly version?: string;
  /** Bytes of files that went over the network, in all tries. */
  readonly sent_bytes: number;
  /** Bytes that were there from older releases. */
  readonly reused_bytes: number;
  /** Bytes that were there from tries that were cut off. */
  readonly resumed_bytes: number;
  readonly tries: number;
  /** From the first try to the end, s. */
  readonly seconds: number;
  /** What ran the golden inputs there; absent where nothing did. */
  readonly golden?: readonly string[];
  readonly warnings: readonly string[];
}

/** What `edgeml deploy --json` prints. A change of meaning raises the number in `schema`. */
export interface RolloutReport {
  readonly schema: 'edgeml.rollout/1';
  readonly run: string;
  readonly kind: 'deploy' | 'rollback';
  /** Absent for a roll-back to whatever each device had before. */
  readonly bundle?: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly bytes: number;
    readonly signed: boolean;
  };
  readonly name: string;
  readonly devices: readonly DeviceReport[];
  /** Why it ended before its end, a sentence. */
  readonly stopped?: string;
  /** ISO 8601. */
  readonly started: string;
  readonly seconds: number;
  readonly journal: string;
  readonly exit_code: number;
}

/** A part of a rollout: so many devices in all have been reached when it is done. */
export type Wave = { readonly devices: number } | { readonly share: number };

/** The most failures that a rollout goes on with. */
export type MaxFailures = { readonly count: number } | { readonly share: number };

export interface RolloutOptions {
  readonly waves: readonly Wave[];
  readonly maxFailures?: MaxFailures;
  /** A share of failures counts when so many devices were reached. */
  readonly minSample: number;
  /** Devices that are worked on at one time. */
  readonly connections: number;
  /** Uploads at one time. */
  readonly transfers: number;
  /** Between waves, ms. */
  readonly pause: number;
  /** Tries after the first, of a device that is offline or is lost on the way; where no time is given to wait. */
  readonly retries?: number;
  /** Devices that are offline are tried until then, ms since 1970. */
  readonly waitUntil?: number;
}

/** How one try on a device ended. */
export type Attempt =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** `sent`: bytes of files that went over the network all the same. */
  | { readonly kind: 'refused' | 'failed'; readonly why: string; readonly sent: number }
  /** `reached`: it was lost on the way, not missing from the start. */
  | { readonly kind: 'offline'; readonly why: string; readonly reached: boolean; readonly sent: number };
