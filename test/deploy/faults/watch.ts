import type { Subject } from './devices.js';
import { doneIn, readJournal, type Told } from './journal.js';
import { activationIn, currentOf, type Releases } from './releases.js';

const interval = 20;

/** Digests that a device may run, and the one that it is to get. */
export interface Goal {
  readonly old: string;
  readonly next: string;
}

/** Looks at devices and the journal all the time while something happens to them. */
export class Watch {
  /** Sentences about what was wrong at any moment. */
  readonly faults = new Set<string>();
  looks = 0;
  told: Told | undefined;
  readonly #subjects: readonly Subject[];
  readonly #releases: Releases;
  readonly #goal: Goal;
  readonly #folder: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(subjects: readonly Subject[], releases: Releases, goal: Goal, folder: string) {
    this.#subjects = subjects;
    this.#releases = releases;
    this.#goal = goal;
    this.#folder = folder;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), interval);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    this.looks++;
    const names = this.#subjects.map((s) => s.name);
    // The journal first: what it says was true then, and stays true.
    const before = this.told;
    this.told = readJournal(this.#folder, names);
    if (!this.told && before && before.events.length > 1) this.faults.add('the journal is gone');
    for (const fault of this.told?.faults ?? []) this.faults.add(fault);
    const done = doneIn(this.told);
    for (const subject of this.#subjects) {
      if (subject.isDown) continue;
      const { old, next } = this.#goal;
      for (const fault of this.#releases.faults(subject.base, [old, next])) this.faults.add(`${subject.name}: ${fault}`);
      if (!done.includes(subject.name)) continue;
      if (currentOf(subject.base) !== next) this.faults.add(`${subject.name} is done in the journal and does not run the new release`);
      const step = activationIn(subject.base).get('step');
      if (step !== 'done') this.faults.add(`${subject.name} is done in the journal and calls its switch ${step}`);
    }
  }

  /** The same once more, with everything hashed anew. */
  lookClosely(): void {
    this.#releases.forget();
    this.look();
  }
}
