import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../shared.js';
import { edgemlTables, type Table, tflmTables } from './fit/instructions.js';
import { fitRows, partsOf } from './fit/latency.js';
import { recount } from './fit/recount.js';
import { by, leaveOut, range, summary } from './fit/report.js';
import { type Row, readRows } from './fit/rows.js';
import { readTasks } from './fit/tasks.js';

const usage = `usage: npm run bench:fit [-- --dry-run] [--recount] [--judge FILE]

Fits the latency model to ../shared/reference/device_latency.csv, prints how well it predicts rows that it has not seen, and writes
src/bench/estimate/coefficients.json.
  --dry-run  writes nothing
  --recount  first counts the instructions of edgeml's own C in QEMU anew (minutes)
  --judge    also predicts the rows of another file of the same columns, which the fit does not see`;

const rounded = (v: number): number => Number(v.toPrecision(4));
const roundTable = (t: Table) => Object.fromEntries(Object.entries(t).map(([term, v]) => [term, rounded(v)]));

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      recount: { type: 'boolean', default: false },
      judge: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.recount) await recount();
  const tasks = await readTasks();
  const edgeml = edgemlTables(tasks);
  const tflm = tflmTables(tasks, edgeml);
  const { rows, leftOut } = readRows();
  const parts = new Map(rows.map((r) => [r, partsOf(r, tasks, { edgeml, tflm })]));
  const of = (row: Row) => parts.get(row) ?? partsOf(row, tasks, { edgeml, tflm });
  const refit = (used: readonly Row[]) => {
    const { predict } = fitRows(used, of);
    return (row: Row) => predict(row, of(row));
  };

  console.log(`${rows.length} rows: MLPerf Tiny, int8, on the instructions of a Cortex-M, engine named:`);
  for (const family of [...new Set(rows.map((r) => r.family))].sort()) {
    const own = rows.filter((r) => r.family === family);
    console.log(`  ${family.padEnd(24)} ${String(own.length).padStart(3)} rows  ${[...new Set(own.map((r) => r.board))].join(', ')}`);
  }
  console.log('Left out:');
  for (const { rows: n, what, why } of leftOut) console.log(`  ${String(n).padStart(3)} rows  ${what}: ${why}`);

  const byTask = leaveOut(rows, (r) => r.task, refit);
  console.log(`\nLeave one task out: ${summary(byTask)}`);
  for (const key of [(r: Row) => r.task, (r: Row) => r.family, (r: Row) => r.core]) console.log(by(byTask, key).join('\n'), '\n');
  const guessed = byTask.filter(({ row }) => !(row.prunes && row.task === 'vww' && row.family !== 'ONNC + CMSIS-NN'));
  console.log(
    `  without the ${byTask.length - guessed.length} rows where nothing but the row itself says that channels are removed: ${summary(guessed)}`,
  );
  const byBoard = leaveOut(rows, (r) => r.board, refit);
  console.log(`Leave one board out: ${summary(byBoard)}`);
  console.log(by(byBoard, (r) => r.board).join('\n'));
  const rounds = [...new Set(rows.map((r) => r.round))].sort();
  for (const round of rounds.slice(1)) {
    const earlier = refit(rows.filter((r) => r.round < round));
    const later = rows.filter((r) => r.round === round).map((row) => ({ row, ratio: earlier(row) / row.cycles }));
    console.log(`Round ${round} (${later.length} rows) from the rounds before it: ${summary(later)}`);
  }
  if (values.judge) {
    const known = refit(rows);
    const judged = readRows(values.judge);
    const held = judged.rows.map((row) => ({ row, ratio: known(row) / row.cycles }));
    console.log(`${values.judge}: ${held.length} rows, ${judged.leftOut.reduce((sum, l) => sum + l.rows, 0)} left out`);
    if (held.length > 0) console.log([summary(held), ...by(held, (r) => r.family), ...by(held, (r) => r.task)].join('\n'));
  }
  const cmsis = rows.filter((r) => r.family.includes('CMSIS-NN'));
  const byEngine = leaveOut(rows, (r) => r.family, refit).filter(
    ({ row }) => cmsis.includes(row) || row.family === 'TensorFlow Lite Micro',
  );
  console.log(`Leave one engine out, of those whose kernels are counted: ${summary(byEngine)}`);

  const ranges = { task: range(byTask, (r) => r.task), board: range(byBoard, (r) => r.board), engine: range(byEngine, (r) => r.family) };
  for (const [name, { width, coverage }] of Object.entries(ranges)) {
    const times = Math.exp(width).toFixed(2);
    console.log(
      `  p10 to p90 for a new ${name}: middle / ${times} to middle * ${times}; holds ${(100 * coverage).toFixed(0)} % of rows held out`,
    );
  }

  const whole = fitRows(rows, of);
  // CMSIS-NN's callers without an interpreter, and the two libraries' kernels are counted by the same means.
  const callers = ['microTVM + CMSIS-NN', 'ONNC + CMSIS-NN'];
  const caller = Math.exp(callers.reduce((sum, f) => sum + Math.log(whole.factor(`family ${f}`)), 0) / callers.length);
  const cores = [...new Set(rows.map((r) => r.core))].sort();
  const cpi = (core: string) => rounded(whole.factor('all') * whole.factor(`core ${core}`) * caller);
  const content = {
    about:
      'Generated by npm run bench:fit. Instructions for each unit of work by runtime and processor; cycles for each instruction by core.',
    tables: {
      ...Object.fromEntries(Object.entries(edgeml).map(([cpu, t]) => [`edgeml-c/${cpu}`, roundTable(t)])),
      ...Object.fromEntries(Object.entries(tflm).map(([name, t]) => [name, roundTable(t)])),
    },
    cores: Object.fromEntries(cores.map((c) => [c, { cyclesPerInstruction: cpi(c), rows: rows.filter((r) => r.core === c).length }])),
    cmsisCores: [...new Set(cmsis.map((r) => r.core))].sort(),
    fetch: rounded(whole.factor('fetch')),
    rows: rows.length,
    ranges: Object.fromEntries(Object.entries(ranges).map(([k, r]) => [k, { width: rounded(r.width), coverage: rounded(r.coverage) }])),
  };
  console.log('\ncycles per instruction:', cores.map((c) => `${c} ${cpi(c)}`).join(', '), '; fetch', content.fetch);
  if (!values['dry-run']) {
    writeFileSync(join(projectRoot, 'src/bench/estimate/coefficients.json'), `${JSON.stringify(content, null, 1)}\n`);
  }
  return 0;
}

process.exitCode = await main();
