import { beforeAll, describe, expect, it } from 'vitest';
import { hasSshd } from '../../ssh/server.js';
import { kinds, plansOf } from './plan.js';
import { runSeries, type Series } from './series.js';

/** Each kind of fault, and most of them without tries of the first run as well. `npm run faults` runs as many as one likes. */
const plans = plansOf(20261128, 12);

describe.skipIf(!hasSshd)('a rollout that something happens to', () => {
  let series: Series;
  beforeAll(async () => {
    series = await runSeries({ plans, waves: '100%' });
  }, 300_000);

  it('keeps its promises where nothing happens', () => {
    expect(series.violations).toEqual([]);
    expect(series.baseline.content).toBeGreaterThan(700_000);
  });

  it.each(kinds)('keeps its promises: %s', (kind) => {
    const results = series.results.filter((r) => r.plan.kind === kind);
    expect(results.length).toBeGreaterThan(0);
    expect(results.flatMap((r) => r.violations)).toEqual([]);
    // Complete at every moment: there were hundreds of them.
    for (const r of results) expect(r.looks).toBeGreaterThan(50);
  });

  it('comes to its end by itself where edgeml lives and may try again', () => {
    const patient = series.results.filter((r) => r.plan.isPatient && !r.plan.kind.startsWith('edgeml'));
    expect(patient.map((r) => [r.plan.kind, r.byItself])).toEqual(patient.map((r) => [r.plan.kind, true]));
    expect(patient.length).toBeGreaterThan(3);
  });
});
