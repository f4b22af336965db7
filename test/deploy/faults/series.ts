import { whyNoDisks } from './disk.js';
import { makeMaterial } from './material.js';
import { type Plan, undisturbed } from './plan.js';
import type { Baseline, Result } from './result.js';
import { type Conditions, runScenario } from './scenario.js';

/** Runs at one time: their processes share two cores and more. */
export const lanes = 4;

export interface Series {
  readonly baseline: Baseline;
  readonly results: readonly Result[];
  /** Of the undisturbed runs. */
  readonly violations: readonly string[];
}

export interface SeriesOptions {
  readonly plans: readonly Plan[];
  /** Default: one device, then all others. */
  readonly waves?: string;
  /** Told each result when it is there. */
  readonly onResult?: (result: Result) => void;
}

/** Measures undisturbed runs, then runs all plans, several at one time. */
export async function runSeries({ plans, waves = '1,100%', onResult }: SeriesOptions): Promise<Series> {
  const noDisks = await whyNoDisks();
  if (noDisks !== undefined) console.warn(`The power fails without loss of what was not written, as no disks can be made here: ${noDisks}`);
  const material = await makeMaterial();
  const conditions: Conditions = { material, waves, withDisks: noDisks === undefined };
  try {
    const calm = await inLanes(
      Array.from({ length: lanes }, (_, i) => undisturbed(i)),
      (plan) => runScenario(plan, conditions),
    );
    const of = (pick: (measured: Baseline) => number): number => median(calm.map((r) => pick(r.measured)));
    const baseline: Baseline = {
      // The shortest: what comes later than the end strikes nothing.
      duration: Math.min(...calm.map((r) => r.measured.duration)),
      ...{ switching: of((m) => m.switching), bytes: of((m) => m.bytes), content: of((m) => m.content) },
    };
    const results = await inLanes(plans, async (plan) => {
      let result = await runScenario(plan, conditions, baseline);
      // It came too late, as edgeml was faster this time: the same once more, a tenth earlier.
      for (let { moment } = plan; result.step === 'ended' && result.violations.length === 0; ) {
        moment *= 0.9;
        result = await runScenario({ ...plan, moment }, conditions, baseline);
      }
      onResult?.(result);
      return result;
    });
    return { baseline, results, violations: calm.flatMap((r) => r.violations) };
  } finally {
    await material.close();
  }
}

async function inLanes<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await run(items[i]);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
