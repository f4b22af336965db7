import { parseArgs } from 'node:util';
import { type Kind, kinds, plansOf } from './plan.js';
import type { Result } from './result.js';
import { runSeries } from './series.js';
import { tableOf } from './table.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
    only: { type: 'string' },
    reasons: { type: 'boolean' },
  },
});
const chosen = values.kind?.split(',') ?? kinds;
const wrong = chosen.filter((kind) => !(kinds as readonly string[]).includes(kind));
if (wrong.length > 0) throw new Error(`There is no fault ${wrong.join(', ')}. There are ${kinds.join(', ')}.`);
const [seed, runs] = [Number(values.seed), Number(values.runs)];
const only = values.only?.split(',').map(Number);
const plans = plansOf(seed, runs, chosen as readonly Kind[]).filter((p) => only === undefined || only.includes(p.index));
console.log(`${plans.length} faults, seed ${seed}`);

const line = ({ plan, step, struck, byItself, second, recovery, extraBytes }: Result): string =>
  [
    `${String(plan.index).padStart(4)} ${plan.kind.padEnd(13)} ${plan.isPatient ? 'patient ' : 'impatient'.padEnd(9)} at ${step.padEnd(13)}`,
    `${struck} struck, ${byItself ? 'finished by itself' : `finished by ${second}`}, ${(recovery / 1000).toFixed(1)} s, ${extraBytes} bytes more`,
  ].join('  ');

const { baseline, results, violations } = await runSeries({
  plans,
  onResult(result) {
    console.log(line(result));
    if (values.reasons) for (const why of result.reasons) console.log(`     ${why}`);
    for (const v of result.violations) console.log(`     ! ${v}`);
  },
});
for (const v of violations) console.log(`undisturbed ! ${v}`);
console.log(`\n${tableOf(results, baseline).join('\n')}`);
if (violations.length > 0 || results.some((r) => r.violations.length > 0)) process.exitCode = 1;
