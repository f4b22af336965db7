import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject } from './devices.js';
import type { Disk } from './disk.js';
import type { Running } from './edgeml.js';
import type { Plan } from './plan.js';

const between = (from: number, to: number, fraction: number): number => from + (to - from) * fraction;

export interface Targets {
  readonly victims: readonly Subject[];
  readonly running: Running;
  /** Where edgeml writes. */
  readonly disk: Disk | undefined;
}

/** Strikes. Resolves when everything is as before; `onDark` is called when what has lost its power has its files again. */
export async function strike(plan: Plan, { victims, running, disk }: Targets, onDark: () => void): Promise<void> {
  const each = (action: (subject: Subject) => unknown): Promise<unknown[]> => Promise.all(victims.map(action));
  switch (plan.kind) {
    case 'kill':
      await each((s) => s.device.server.kill());
      await sleep(between(0, 2000, plan.outage));
      await each((s) => s.device.server.start());
      return;
    case 'stop':
      await each((s) => s.device.server.freeze());
      await sleep(between(5000, 8000, plan.outage));
      await each((s) => s.device.server.thaw());
      return;
    case 'cut':
      for (let left = plan.cuts; left > 0; left--) {
        await each((s) => s.relay.cut());
        if (left > 1) await sleep(between(100, 3000, plan.outage));
      }
      return;
    case 'power':
    case 'power-switch':
      await each((s) => s.losePower());
      await each((s) => s.mount());
      onDark();
      await sleep(between(0, 5000, plan.outage));
      await each((s) => s.boot());
      return;
    case 'edgeml-power':
      running.kill();
      disk?.fail();
      await running.ended;
      await disk?.boot();
      onDark();
      return;
    case 'edgeml':
    case 'edgeml-switch':
      running.kill();
      await running.ended;
      // Whoever goes on comes soon, while the device may still switch, or later.
      await sleep(between(0, 1500, plan.outage));
      return;
    case 'none':
      return;
  }
}
