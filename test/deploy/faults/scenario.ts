import { setTimeout as sleep } from 'node:timers/promises';
import { type Subject, type Subjects, startSubjects } from './devices.js';
import type { Disk } from './disk.js';
import { type Edgeml, type Running, runEdgeml } from './edgeml.js';
import { doneIn, reasonsIn, underWay } from './journal.js';
import { checksOn, judgeBytes, judgeEnd, judgeFirst, judgeSecond } from './judge.js';
import type { Material } from './material.js';
import { isOfSwitch, isPower, type Plan } from './plan.js';
import { activationIn, finalSteps, Releases } from './releases.js';
import type { Baseline, Result } from './result.js';
import { isUnconfirmed, stepOf } from './step.js';
import { strike } from './strike.js';
import { type Goal, Watch } from './watch.js';

const devices = 3;

export interface Conditions {
  readonly material: Material;
  /** Of the rollout, as for --waves. */
  readonly waves: string;
  /** Whether disks can be made whose power fails. */
  readonly withDisks: boolean;
}

/** Deploys, strikes, deploys again, and looks all the time whether everything is as it was promised. */
export async function runScenario(plan: Plan, conditions: Conditions, baseline?: Baseline): Promise<Result> {
  const { material, withDisks } = conditions;
  const subjects = await startSubjects(devices, material, {
    devices: withDisks && isPower(plan.kind),
    edgeml: withDisks && plan.kind === 'edgeml-power',
  });
  try {
    return await new Scenario(plan, conditions, subjects).run(baseline);
  } finally {
    await subjects.close();
  }
}

class Scenario {
  readonly #plan: Plan;
  readonly #edgeml: Edgeml;
  readonly #deploy: readonly string[];
  readonly #all: readonly Subject[];
  readonly #folder: string;
  readonly #disk: Disk | undefined;
  readonly #goal: Goal;
  readonly #watch: Watch;
  readonly #violations: string[] = [];
  #firstHasEnded = false;

  constructor(plan: Plan, { material, waves }: Conditions, { all, folder, disk }: Subjects) {
    this.#plan = plan;
    this.#edgeml = material.edgeml;
    this.#deploy = ['deploy', material.releases.next.bundle, '--waves', waves];
    this.#all = all;
    this.#folder = folder;
    this.#disk = disk;
    const { first, old, next } = material.releases;
    this.#goal = { old: old.digest, next: next.digest };
    this.#watch = new Watch(all, new Releases(new Map([first, old, next].map((r) => [r.digest, r.version]))), this.#goal, this.#folder);
  }

  async run(baseline: Baseline | undefined): Promise<Result> {
    const begun = performance.now();
    const first = this.#run([...this.#deploy, ...(this.#plan.isPatient ? [] : ['--retries', '0'])]);
    this.#watch.start();
    first.ended.finally(() => {
      this.#firstHasEnded = true;
    });
    const switching = this.#timeSwitch();
    if (baseline) await this.#waitToStrike(baseline);
    const { step, victims } = this.#choose();
    const wereDone = doneIn(this.#watch.told);
    let unconfirmed: readonly Subject[] = [];
    let dark = 0;
    if (this.#disk) this.#watch.stop();
    await strike(this.#plan, { victims, running: first, disk: this.#disk }, () => {
      this.#watch.lookClosely();
      dark = Date.now();
      unconfirmed = victims.filter((v) => isPower(this.#plan.kind) && isUnconfirmed(v, this.#goal.next));
    });
    if (this.#disk) this.#watch.start();
    const over = performance.now();
    const ran = await first.ended;
    const firstEnd = performance.now();
    this.#watch.lookClosely();
    const byItself = ran.code === 0;
    const reasons = reasonsIn(this.#watch.told);
    const measured: Baseline = {
      ...{ duration: firstEnd - begun, switching: await switching, bytes: this.#mostBytes() },
      content: Math.max(...(this.#watch.told?.run.devices.map((d) => d.sent_bytes) ?? [0])),
    };
    if (!byItself) this.#violations.push(...judgeFirst(ran, this.#watch.told));
    else if (baseline) this.#judgeAllBytes(baseline);
    const { told } = this.#watch;
    const second = told && told.run.exitCode !== 0 ? 'resume' : 'deploy';
    const begunAgain = performance.now();
    const again = await this.#run(second === 'resume' ? ['fleet', 'resume', '--retries', '5'] : this.#deploy).ended;
    const recovery = byItself ? firstEnd - over : performance.now() - begunAgain;
    this.#watch.lookClosely();
    this.#violations.push(...judgeSecond(again, this.#watch.told, devices));
    if (!byItself && baseline) this.#judgeAllBytes(baseline);
    const extraBytes = (byItself ? measured.bytes : this.#mostBytes()) - (baseline?.bytes ?? measured.bytes);
    if (isPower(this.#plan.kind) && second === 'resume' && victims.some((v) => wereDone.includes(v.name))) {
      // They were done, and what they had removed may be there again: the next deployment removes it.
      await this.#run(this.#deploy).ended;
    }
    for (const s of this.#all) this.#violations.push(...(await judgeEnd(s, this.#goal)));
    const unchecked = unconfirmed.filter((s) => !checksOn(s, this.#goal.next).some((time) => time > dark));
    this.#violations.push(...unchecked.map((s) => `${s.name}: its switch was not confirmed, and nobody checked it again`));
    this.#watch.stop();
    return {
      ...{ plan: this.#plan, step, struck: victims.length, byItself, second, recovery: Math.max(0, recovery), extraBytes },
      ...{ unconfirmed: unconfirmed.length, checkedAgain: unconfirmed.length - unchecked.length, looks: this.#watch.looks, measured },
      reasons,
      violations: [...this.#violations, ...this.#watch.faults],
    };
  }

  #run(args: readonly string[]): Running {
    return runEdgeml(this.#edgeml, this.#folder, args);
  }

  #mostBytes(): number {
    return Math.max(...this.#all.map((s) => s.relay.bytesToDevice));
  }

  #judgeAllBytes(baseline: Baseline): void {
    // What the device had not written when its power failed has to be sent again.
    if (isPower(this.#plan.kind)) return;
    for (const s of this.#all) this.#violations.push(...judgeBytes(s, baseline));
  }

  /** Whom to strike, and what is being done there now. */
  #choose(): { step: string; victims: readonly Subject[] } {
    this.#watch.look();
    const { told } = this.#watch;
    const running = this.#all.filter((s) => underWay(told).includes(s.name));
    const near = running.length > 0 ? running : this.#all;
    const switching = near.filter((s) => isOfSwitch(this.#plan.kind) && !finalSteps.includes(this.#switchStep(s) ?? 'done'));
    const one = switching[0] ?? near[Math.floor(near.length * this.#plan.which)];
    const step = this.#firstHasEnded ? 'ended' : stepOf(one, told, this.#goal.next);
    return { step, victims: this.#plan.everywhere ? this.#all : [one] };
  }

  /** Waits for the moment to strike, at most until edgeml has ended. */
  async #waitToStrike({ duration, switching }: Baseline): Promise<void> {
    const { kind, moment, which } = this.#plan;
    if (isOfSwitch(kind)) {
      const wanted = 1 + Math.floor(which * this.#all.length);
      while (!this.#firstHasEnded && this.#all.filter((s) => this.#switchStep(s) !== undefined).length < wanted) await sleep(5);
    }
    const until = performance.now() + moment * (isOfSwitch(kind) ? switching : duration);
    while (!this.#firstHasEnded && performance.now() < until) await sleep(Math.max(1, Math.min(5, until - performance.now())));
  }

  #switchStep({ base }: Subject): string | undefined {
    const activation = activationIn(base);
    return activation.get('digest') === this.#goal.next ? activation.get('step') : undefined;
  }

  /** How long the first device takes to switch, of a run that nothing happens to. */
  async #timeSwitch(): Promise<number> {
    if (this.#plan.kind !== 'none') return 0;
    const [subject] = this.#all;
    let since: number | undefined;
    for (let step = this.#switchStep(subject); !finalSteps.includes(step ?? '') && !this.#firstHasEnded; step = this.#switchStep(subject)) {
      if (step !== undefined) since ??= performance.now();
      await sleep(5);
    }
    return performance.now() - (since ?? performance.now());
  }
}
