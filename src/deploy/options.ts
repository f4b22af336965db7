import type { SshOptions } from '../ssh/settings.js';
import type { DeviceFlags, Selection } from './journal/events.js';
import type { RolloutOptions } from './rollout/types.js';
import type { RunListener } from './run.js';

/** What every command about devices takes. */
export interface FleetOptions extends Selection {
  /** Where runs are written down; default `.edgeml` beside the fleet file, or in the working directory. */
  readonly state?: string;
  readonly flags?: DeviceFlags;
  /** Settings of all connections, beside what the fleet file says of each. */
  readonly ssh?: SshOptions;
  readonly onWarning?: (sentence: string) => void;
}

export interface DeployOptions extends FleetOptions {
  /** Files of public keys: the bundle has to be signed with one of them, and devices get to know them. */
  readonly trust?: readonly string[];
  readonly rollout?: Partial<RolloutOptions>;
  /** Devices that are offline are tried for so long, ms. */
  readonly wait?: number;
  /** How long to wait for another deployment to a device, ms; default two minutes. */
  readonly lockWait?: number;
  readonly onEvent?: RunListener;
  /** Told where the run is written down, when it begins. */
  readonly onBegin?: (run: {
    readonly id: string;
    readonly folder: string;
    readonly devices: readonly { name: string; target: string }[];
    /** Names of those that are done already, in a run that is gone on with. */
    readonly done?: readonly string[];
  }) => void;
  /** Comes when no further device is to be begun; its reason is a sentence. */
  readonly stop?: AbortSignal;
}

/** A careful rollout: one device first, then a tenth, then all; it ends where more than a tenth of at least ten devices fail. */
export const rolloutDefaults: RolloutOptions = {
  waves: [{ devices: 1 }, { share: 0.1 }, { share: 1 }],
  maxFailures: { share: 0.1 },
  minSample: 10,
  connections: 16,
  transfers: 4,
  pause: 0,
};

/** Going back is for when things are bad already: everywhere at once, and wherever it can be done. */
export const rollBackDefaults: RolloutOptions = { ...rolloutDefaults, waves: [{ share: 1 }], maxFailures: undefined };

/** Settings of connections that change nothing: not even a new host key is remembered. */
export const lookingSsh = ({ ssh, flags }: FleetOptions): SshOptions => ({
  ...ssh,
  ...(flags?.acceptNewHostKeys && { acceptNewHostKeys: 'once' }),
});
