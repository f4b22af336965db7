import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Term, terms, type Work } from '../../../src/bench/estimate/work.js';
import { projectRoot, shared } from '../../shared.js';
import { leastSquares } from './solve.js';
import { files, type Task, type TaskWork } from './tasks.js';

/** Instructions for each unit of work. */
export type Table = Readonly<Record<Term, number>>;

export const instructionsOf = (work: Work, table: Table): number =>
  Object.entries(work).reduce((sum, [term, n]) => sum + n * table[term as Term], 0);

/** A first idea of the costs on a processor with DSP instructions, from counting them in the kernels' inner loops. */
const guess: Table = {
  ...{ 'point.mac': 0.9, 'conv.mac': 0.9, 'conv.out': 11, 'conv.tap': 0.02, 'conv.patch': 2, 'conv.run': 40 },
  ...{ 'depthwise.mac': 1.5, 'depthwise.odd': 3, 'depthwise.out': 12, 'depthwise.in': 5, 'dense.mac': 0.9, 'dense.out': 11 },
  ...{ add: 18, pool: 2, copy: 3, math: 150, layer: 300 },
};

/** The same for kernels that work out an address for every operand. */
const plain: Table = {
  ...{ 'point.mac': 7, 'conv.mac': 7, 'conv.out': 40, 'conv.tap': 20, 'conv.patch': 0.1, 'conv.run': 1 },
  ...{ 'depthwise.mac': 35, 'depthwise.odd': 35, 'depthwise.out': 80, 'depthwise.in': 0.1, 'dense.mac': 7, 'dense.out': 40 },
  ...{ add: 60, pool: 12, copy: 10, math: 300, layer: 1000 },
};

interface Count {
  readonly work: Work;
  readonly instructions: number;
  /** What the logarithm of the count may be off. */
  readonly spread: number;
}

/** The table that explains the counts, near another one: `prior` is how far its entries may be from `near`, as logarithms. */
function tableOf(counts: readonly Count[], near: Table, prior: number, common = false): Table {
  // A common factor may be anything; the entries' own factors are held near 1.
  const start = new Array<number>(terms.length + 1).fill(0);
  const table = (at: readonly number[]): Table =>
    Object.fromEntries(terms.map((t, i) => [t, near[t] * Math.exp(at[i] + (common ? at[terms.length] : 0))])) as Record<Term, number>;
  const best = leastSquares(start, (at) => {
    const t = table(at);
    const sums = counts.map((c) => instructionsOf(c.work, t));
    return {
      residuals: [
        ...counts.map((c, i) => Math.log(sums[i] / c.instructions) / c.spread),
        ...terms.map((_, i) => at[i] / prior),
        at[terms.length] / 3,
      ],
      slopes: [
        ...counts.map((c, i) => [
          ...terms.flatMap((term, j) => (c.work[term] ? [[j, (c.work[term] * t[term]) / sums[i] / c.spread] as const] : [])),
          ...(common ? [[terms.length, 1 / c.spread] as const] : []),
        ]),
        ...terms.map((_, i) => [[i, 1 / prior] as const]),
        [[terms.length, 1 / 3] as const],
      ],
    };
  });
  return table(best);
}

export const countsFile = join(projectRoot, 'test/bench/fit/edgeml-c.json');

/** Costs of edgeml's own kernels by processor, from exact counts of each layer in QEMU. */
export function edgemlTables(tasks: Readonly<Record<Task, TaskWork>>): Record<string, Table> {
  const counted = JSON.parse(readFileSync(countsFile, 'utf8')) as Record<Task, Record<string, number[]>>;
  const out: Record<string, Table> = {};
  for (const cpu of Object.keys(counted.kws)) {
    const counts = Object.entries(counted).flatMap(([task, byCpu]) => {
      const { layers, total } = tasks[task as Task];
      const each = byCpu[cpu];
      const sum = each.reduce((a, b) => a + b, 0);
      return [
        { work: total, instructions: sum, spread: 0.01 },
        ...layers.flatMap(({ work }, i) =>
          work.layer ? [{ work, instructions: each[i], spread: Math.max(0.15, 0.05 * Math.sqrt(sum / each[i])) }] : [],
        ),
      ];
    });
    out[cpu] = tableOf(counts, guess, 2);
  }
  return out;
}

/** Targets of reference/tflm/cortex_m.csv that make a table each: library and processor, and the edgeml table that it starts from. */
const recorded: readonly (readonly [string, string, string])[] = [
  ['m4_cmsis', 'tflm-cmsis-nn/cortex-m4', 'cortex-m4'],
  ['m7_cmsis', 'tflm-cmsis-nn/cortex-m7', 'cortex-m4'],
  ['m55_cmsis', 'tflm-cmsis-nn/cortex-m55', 'cortex-m55'],
  ['m0plus_cmsis', 'tflm-cmsis-nn/cortex-m0plus', 'cortex-m0plus'],
  ['m0plus_ref', 'tflm/cortex-m0plus', 'plain'],
  ['m3_ref', 'tflm/cortex-m3', 'plain'],
  ['m4_ref', 'tflm/cortex-m4', 'plain'],
];

/** Costs of TensorFlow Lite Micro's kernels, from instructions of whole models. */
export function tflmTables(tasks: Readonly<Record<Task, TaskWork>>, near: Readonly<Record<string, Table>>): Record<string, Table> {
  const lines = readFileSync(shared('reference/tflm/cortex_m.csv'), 'utf8').trim().split('\n').slice(1);
  const rows = lines.map((l) => l.split(','));
  const out: Record<string, Table> = {};
  for (const [target, name, from] of recorded) {
    const counts = rows.flatMap(([t, model, instructions]) => {
      const task = (Object.keys(files) as Task[]).find((k) => files[k] === model);
      return t === target && task ? [{ work: tasks[task].total, instructions: Number(instructions), spread: 0.02 }] : [];
    });
    out[name] = tableOf(counts, from === 'plain' ? plain : near[from], 0.3, true);
  }
  return out;
}
