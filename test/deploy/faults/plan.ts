import { createHash } from 'node:crypto';

/**
 * `kill`: SIGKILL for sshd and its sessions. `stop`: SIGSTOP for them, then SIGCONT. `cut`: a relay destroys all connections.
 * `edgeml`: SIGKILL for edgeml; `edgeml-power`: and what its file system has not written is gone. `power`: the same of a device: all
 * that runs there ends at once.
 * `…-switch`: the same while a device switches, which is too short a time to be met often by chance.
 */
export const kinds = ['kill', 'stop', 'cut', 'edgeml', 'edgeml-switch', 'edgeml-power', 'power', 'power-switch'] as const;
export type Kind = (typeof kinds)[number];

export const isOfSwitch = (kind: Plan['kind']): boolean => kind.endsWith('-switch');
/** Whether devices lose their power. */
export const isPower = (kind: Plan['kind']): boolean => kind.startsWith('power');

/** One fault, all of it drawn before anything runs. Fractions are from 0 to 1. */
export interface Plan {
  readonly index: number;
  /** `none` for an undisturbed run. */
  readonly kind: Kind | 'none';
  /** Whether the first run may try again by itself. */
  readonly isPatient: boolean;
  /** When, as a fraction of an undisturbed run; of a switch where its kind says so. */
  readonly moment: number;
  /** All devices at once; else one of those under way. */
  readonly everywhere: boolean;
  readonly which: number;
  /** How long it lasts, as a fraction of what its kind may last. */
  readonly outage: number;
  readonly cuts: number;
}

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomOf(seed: string): () => number {
  let n = 0;
  return () => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32LE() / 2 ** 32;
}

/** The plans of a series: kinds in turn, each with and without tries of its own in turn. A longer series begins with a shorter one. */
export function plansOf(seed: number, runs: number, only: readonly Kind[] = kinds): Plan[] {
  return Array.from({ length: runs }, (_, index) => {
    const random = randomOf(`${seed}/${index}`);
    return {
      index,
      kind: only[index % only.length],
      isPatient: Math.floor(index / only.length) % 2 === 0,
      ...{ moment: random(), everywhere: random() < 0.25, which: random(), outage: random(), cuts: 1 + Math.floor(3 * random()) },
    };
  });
}

/** A run that nothing happens to. */
export const undisturbed = (index: number): Plan => ({
  ...{ index, kind: 'none', isPatient: true, moment: 0, everywhere: false, which: 0, outage: 0, cuts: 0 },
});
