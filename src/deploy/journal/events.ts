import type { RolloutEvent } from '../rollout/engine.js';
import type { RolloutOptions, RolloutReport } from '../rollout/types.js';

/** How the devices of a run were named, so that it can be gone on with. */
export interface Selection {
  /** Absolute path of the fleet file. */
  readonly fleet?: string;
  readonly only?: string;
  /** Of --to. */
  readonly targets?: readonly string[];
}

/** What flags said of all devices; it goes before what the fleet file says. */
export interface DeviceFlags {
  readonly root?: string;
  readonly keep?: number;
  readonly health?: string;
  readonly healthTimeout?: number;
  readonly healthRetries?: number;
  readonly hookBefore?: string;
  readonly hookAfter?: string;
  readonly identity?: string;
  readonly jump?: string;
  readonly acceptNewHostKeys?: boolean;
}

/** The first line of a journal. It holds no values of the fleet's variables: these may be secrets, and are read again. */
export interface RunEvent {
  readonly event: 'run';
  readonly schema: 'edgeml.journal/1';
  readonly run: string;
  readonly kind: 'deploy' | 'rollback';
  /** What is deployed, on devices the folder below the root. */
  readonly name: string;
  readonly bundle?: RolloutReport['bundle'] & { readonly path: string };
  /** Public keys that devices get to know. */
  readonly trust: readonly string[];
  /** Of a roll-back: the beginning of a digest, where one was named. */
  readonly to?: string;
  readonly selection: Selection;
  readonly flags: DeviceFlags;
  readonly options: RolloutOptions;
  readonly lockWait: number;
  readonly devices: readonly { readonly name: string; readonly target: string }[];
  readonly by: string;
  readonly tool: string;
}

/** Everything that happens in a run, one JSON line each; `time` is ISO 8601. */
export type JournalEvent = { readonly time: string } & (
  | RunEvent
  | RolloutEvent
  | { readonly event: 'resume'; readonly by: string; readonly devices: readonly string[]; readonly wait_until?: number }
  | {
      readonly event: 'plan';
      readonly device: string;
      readonly from?: string;
      readonly to: string;
      readonly send: number;
      readonly reuse: number;
    }
  | { readonly event: 'step'; readonly device: string; readonly step: string }
  | { readonly event: 'lock'; readonly device: string; readonly holder: string }
  | { readonly event: 'end'; readonly exit_code: number; readonly stopped?: string }
);

/** An event without its time. */
export type NewEvent = JournalEvent extends infer E ? (E extends { readonly time: string } ? Omit<E, 'time'> : never) : never;
