import type { Plan } from './plan.js';

/** Of runs that nothing happened to. */
export interface Baseline {
  /** ms */
  readonly duration: number;
  /** From the beginning of a switch to its end, ms. */
  readonly switching: number;
  /** Towards each device. */
  readonly bytes: number;
  /** The part of these that is files; the rest is handshakes and scripts. */
  readonly content: number;
}

/** What came of one fault. */
export interface Result {
  readonly plan: Plan;
  /** Where the first of the devices that were struck was. */
  readonly step: string;
  readonly struck: number;
  /** Whether the first run came to its end with all devices done. */
  readonly byItself: boolean;
  /** How the second one was begun. */
  readonly second: 'resume' | 'deploy';
  /** To all devices being done, ms: from the end of the fault, or from the beginning of the run that finished if that was later. */
  readonly recovery: number;
  /** Bytes beyond those of an undisturbed run, towards the device that got most: handshakes and scripts of further tries, and content. */
  readonly extraBytes: number;
  /** Devices that had switched and did not know whether the release works, when their power was back. */
  readonly unconfirmed: number;
  /** Those of them whose health was checked since then. */
  readonly checkedAgain: number;
  /** Why devices had to be tried again, as the journal says. */
  readonly reasons: readonly string[];
  /** At devices and journal, while it ran. */
  readonly looks: number;
  /** Sentences. */
  readonly violations: readonly string[];
  /** Of the first run. */
  readonly measured: Baseline;
}
