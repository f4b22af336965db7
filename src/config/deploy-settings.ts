import type { Setting } from './kinds.js';

/** What goes into a bundle. */
export const bundling = {
  bundleVersion: {
    type: { kind: 'text' },
    value: 'version',
    about: "your own version of it (default: 0.0.0+ and the first digits of the content's digest)",
  },
  add: {
    type: { kind: 'patterns' },
    value: 'path[=name]',
    about: 'a file or folder to go along: labels, an application, a script; repeatable',
  },
  architecture: {
    type: { kind: 'names' },
    value: 'names',
    about: 'machines that it runs on, as uname -m names them: aarch64, armv7l, x86_64 … (default: those of the programs in it, else any)',
  },
  golden: {
    type: { kind: 'path' },
    plain: ['none'],
    value: 'path',
    about: 'samples to run on the device after the switch, as for --calibrate; none: run nothing (default: random numbers)',
  },
  goldenSamples: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'how many of them (default: 3)' },
  tolerance: {
    type: { kind: 'number', above: 0 },
    value: 'number',
    about: "largest difference of an output there from the one here (default: int8 4 steps or 5 % of the outputs' range, float 1 %)",
  },
  introduce: {
    type: { kind: 'paths' },
    value: 'key.pub',
    about: 'a further public key, which devices that know the signing one learn; for a change of keys; repeatable',
  },
  sign: { type: { kind: 'path' }, value: 'key', about: "sign with this secret key ('edgeml key generate' or minisign -G)" },
} as const satisfies Record<string, Setting>;

/** Which devices. */
export const devices = {
  deployTo: { type: { kind: 'patterns' }, flag: 'to', value: 'user@host[:port]', about: 'a device; repeatable' },
  fleet: { type: { kind: 'path' }, value: 'file', about: 'a file of devices (docs/fleet.md)' },
  only: {
    type: { kind: 'text' },
    value: 'selection',
    about: "devices of the file: names, groups, labels, *; 'pi,&site-a,!staging' is pi, of those site-a, and of those not staging",
  },
  root: { type: { kind: 'text' }, value: 'folder', about: 'folder on the devices (default: ~/edgeml)' },
} as const satisfies Record<string, Setting>;

/** What makes a release good, on the device. */
export const health = {
  trust: {
    type: { kind: 'paths' },
    value: 'key.pub',
    about: 'the bundle has to be signed with this key; devices learn it, and then refuse everything that is not; repeatable',
    elsewhere: { inspect: { value: 'key.pub', about: 'a bundle has to be signed with this key; repeatable' } },
  },
  health: { type: { kind: 'text' }, value: 'command', about: 'run there after the switch; where it fails the device switches back' },
  healthTimeout: { type: { kind: 'period' }, value: 'time', about: 'of one try (default: 30s)' },
  healthRetries: { type: { kind: 'integer', min: 0 }, value: 'n', about: 'tries after the first, two seconds apart (default: 3)' },
  hookBefore: { type: { kind: 'text' }, flag: 'before', value: 'command', about: 'run there before the switch, e.g. to stop a service' },
  hookAfter: {
    type: { kind: 'text' },
    flag: 'after',
    value: 'command',
    about: 'run there after the switch, forth or back, e.g. to restart a service',
  },
  keep: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'releases that stay on a device (default: 3)' },
} as const satisfies Record<string, Setting>;

export const rollout = {
  plan: { type: { kind: 'switch' }, only: 'flags', about: 'show what would change on each device, and change nothing' },
  waves: {
    type: { kind: 'names' },
    value: 'list',
    about: 'so many devices or shares of them at a time, as totals; the next wave waits for the one before (default: 1,10%,100%)',
    elsewhere: {
      fleet: {
        value: 'list',
        about: 'so many devices or shares of them at a time, as totals (default: all at once; resume: as the run began)',
      },
    },
  },
  maxFailures: {
    type: { kind: 'text' },
    value: 'n|n%',
    about: 'stop when more devices fail (default: 10%)',
    elsewhere: { fleet: { value: 'n|n%', about: 'stop when more devices fail (default: never; resume: as the run began)' } },
  },
  minSample: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'a share of failures counts from so many devices on (default: 10)' },
  pause: { type: { kind: 'period' }, value: 'time', about: 'between waves, e.g. 10m (default: none)' },
  concurrency: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'devices at one time (default: 16)' },
  transfers: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'uploads at one time (default: 4)' },
  wait: { type: { kind: 'period' }, value: 'time', about: 'try devices that are offline again and again, for so long, e.g. 24h' },
  retries: {
    type: { kind: 'integer', min: 0 },
    value: 'n',
    about: 'without --wait: tries after the first (default: 2 of a device that does not answer, 5 of one that is lost on the way)',
  },
  lockWait: { type: { kind: 'period' }, value: 'time', about: 'wait so long for another deployment to a device (default: 2m)' },
} as const satisfies Record<string, Setting>;

export const recording = {
  state: {
    type: { kind: 'path' },
    value: 'folder',
    about: 'where rollouts are written down (default: .edgeml beside the fleet file, else in the working directory)',
  },
  junit: { type: { kind: 'path' }, value: 'file', about: 'also write a JUnit report, one test a device' },
} as const satisfies Record<string, Setting>;

/** Of `edgeml fleet rollback`. */
export const goingBack = {
  release: {
    type: { kind: 'text' },
    value: 'digest',
    about: 'switch to this release in place of the one before: a version, or the first digits of a digest',
  },
} as const satisfies Record<string, Setting>;

/** Of `edgeml key generate`. */
export const keys = {
  password: {
    type: { kind: 'switch' },
    negated: true,
    only: 'flags',
    about: 'do not encrypt the secret key (for a store that keeps it secret itself)',
  },
} as const satisfies Record<string, Setting>;
