import type { Target } from '../../ssh/target.js';

/** How a device is asked whether a release works. */
export interface Health {
  /** Run by the device's shell; exit code 0 is healthy. */
  readonly command: string;
  /** Of one try. */
  readonly timeoutMs: number;
  /** Tries after the first: it is run 1 + `retries` times at most. */
  readonly retries: number;
  /** Before each of those. */
  readonly delayMs: number;
}

/** Commands that run on the device around the switch to a release. */
export interface Hooks {
  readonly before?: string;
  readonly after?: string;
  /** Of each. */
  readonly timeoutMs: number;
}

/** How to connect, beside the target; fields of `SshOptions`. */
export interface DeviceSsh {
  /** Absolute paths. */
  readonly identityFiles?: readonly string[];
  readonly jump?: string;
  /** Absolute paths. */
  readonly knownHostsFiles?: readonly string[];
}

/** Everything that a rollout knows of a device: plain data, which a journal can hold. */
export interface DeviceSpec {
  readonly name: string;
  /** What `connect` of src/ssh takes; user and port are absent where ~/.ssh/config is to decide. */
  readonly target: string;
  /** In the order of the fleet file. */
  readonly groups: readonly string[];
  readonly labels: readonly string[];
  /** Environment variables of hooks and health. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folder on the device: absolute, or `~/…` of the user who logs in; without a slash at its end. */
  readonly root: string;
  /** Releases that stay on the device. */
  readonly keep: number;
  readonly health?: Health;
  readonly hooks: Hooks;
  readonly ssh: DeviceSsh;
}

/** What holds where neither file nor flags say otherwise. */
export const deviceDefaults = {
  root: '~/edgeml',
  keep: 3,
  health: { timeoutMs: 30_000, retries: 3, delayMs: 2_000 },
  hooks: { timeoutMs: 60_000 },
} as const;

/** A target as text that `parseTarget` reads back. */
export function targetText({ user, host, port }: Target): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${name}${port === undefined ? '' : `:${port}`}`;
}
