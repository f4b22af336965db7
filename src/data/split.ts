import { UsageError } from '../errors.js';
import { Random } from './random.js';
import type { Dataset } from './types.js';

export interface SplitOptions {
  /** How much is held out: a share in (0, 1), or a number of samples from 1. Default 0.2. */
  readonly heldOut?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Parts a dataset into samples to calibrate with and samples held out for judging, each in the order of the dataset. Labels are
 * represented in proportion; samples of one group stay together, so that counts may differ by a group. The same seed gives the same
 * parts. Both have a sample where there are two or more; nothing is held out of a single one. Throws UsageError for a bad `heldOut`.
 */
export function splitDataset(data: Dataset, options: SplitOptions = {}): { readonly calibration: Dataset; readonly heldOut: Dataset } {
  const { heldOut = 0.2, seed = 0 } = options;
  if (!(heldOut > 0) || (heldOut >= 1 && !Number.isInteger(heldOut)))
    throw new UsageError(`heldOut is ${heldOut}: it has to be a share between 0 and 1 or a number of samples.`);
  const units = unitsOf(data);
  const share = heldOut < 1 ? heldOut : heldOut / data.size;
  const target = units.length < 2 ? 0 : Math.min(units.length - 1, Math.max(1, Math.round(share * units.length)));

  const strata = new Map<number | undefined, number[][]>();
  for (const unit of units) {
    const label = data.label(unit[0]);
    const stratum = strata.get(label);
    if (stratum) stratum.push(unit);
    else strata.set(label, [unit]);
  }
  const parts = [...strata].sort(([a], [b]) => (a ?? -1) - (b ?? -1)).map(([, u]) => u);
  const counts = apportion(
    parts.map((p) => p.length),
    target,
  );
  const random = new Random(seed);
  const out = new Set<number>();
  for (const [k, part] of parts.entries()) {
    const order = random.permutation(part.length);
    for (const u of order.slice(0, counts[k])) for (const i of part[u]) out.add(i);
  }
  const all = Array.from({ length: data.size }, (_, i) => i);
  return { calibration: data.subset(all.filter((i) => !out.has(i))), heldOut: data.subset(all.filter((i) => out.has(i))) };
}

/** Samples that stay together. Where all are of one group there is no other way than to part it. */
function unitsOf(data: Dataset): number[][] {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < data.size; i++) {
    const key = data.group(i);
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return groups.size > 1 ? [...groups.values()] : Array.from({ length: data.size }, (_, i) => [i]);
}

/** `target` seats in proportion to `sizes`: the method of largest remainders, ties to the earlier part. */
function apportion(sizes: readonly number[], target: number): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const counts = sizes.map((n) => Math.floor((n * target) / total));
  const order = sizes.map((n, k) => ({ k, rest: (n * target) % total })).sort((a, b) => b.rest - a.rest || a.k - b.k);
  let left = target - counts.reduce((a, b) => a + b, 0);
  for (const { k } of order) {
    if (left === 0) break;
    counts[k]++;
    left--;
  }
  return counts;
}
