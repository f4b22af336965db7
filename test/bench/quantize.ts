import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missing, shared } from '../shared.js';
import { helpSeconds, median, type Run, runEdgeml, runPython, tensorflowPython } from './measure.js';
import { mobilenetV2, resnet50 } from './models.js';
import { noise, taskSamples } from './samples.js';

const usage = `usage: npm run bench:quantize [-- TASK...] [--runs N] [--judge] [--json]

Whole-process time and peak memory of \`edgeml quantize\` beside TensorFlow's converter, on the same samples, in turns.
TASK: ic, kws, vww (MLPerf Tiny), resnet50, mobilenetv2 (224, random weights, 32 samples); default: all.
TensorFlow is run by EDGEML_PYTHON, or python3, where it can be imported.
  --runs N   runs of each, of which the median is told (default 3)
  --judge    scores the files against the float model with the TensorFlow Lite interpreter
  --json     the table as JSON on stdout`;

/** What the cost must not exceed, relative to TensorFlow's. */
const allowed = { seconds: 1 / 3, peak: 1 / 2 };

interface Task {
  readonly name: string;
  /** Arguments of `edgeml quantize` without --output. */
  readonly edgeml: readonly string[];
  /** The Python script and its arguments without the output. */
  readonly peer: readonly string[];
  readonly judged: boolean;
}

const mlperf = { ic: 'ic_resnet8.h5', kws: 'kws_dscnn.h5', vww: 'vww_mobilenet.h5' };
const networks = { resnet50, mobilenetv2: mobilenetV2 };
const samples = 32;

async function prepare(name: string, folder: string): Promise<Task | undefined> {
  const file = (suffix: string): string => join(folder, `${name}${suffix}`);
  if (name in mlperf) {
    const model = `models/mlperf-tiny/${mlperf[name as keyof typeof mlperf]}`;
    if (missing(model)) return undefined;
    writeFileSync(file('.npy'), taskSamples(name));
    return {
      name,
      edgeml: [shared(model), '--calibrate', file('.npy')],
      peer: [shared('peers/tf_int8.py'), name],
      judged: !missing(`data/${name}_eval`),
    };
  }
  writeFileSync(file('.onnx'), await networks[name as keyof typeof networks]());
  writeFileSync(file('_nchw.npy'), noise([samples, 3, 224, 224], 1));
  writeFileSync(file('_nhwc.npy'), noise([samples, 224, 224, 3], 1));
  const peer = [fileURLToPath(new URL('peer_keras.py', import.meta.url)), name, file('_nhwc.npy')];
  return { name, edgeml: [file('.onnx'), '--calibrate', file('_nchw.npy')], peer, judged: false };
}

interface Row {
  readonly task: string;
  readonly edgeml: Cost;
  readonly tensorflow?: Cost;
  readonly judge?: string;
}
interface Cost {
  readonly seconds: number;
  readonly peak: number;
}

const cost = (runs: readonly Run[]): Cost => ({ seconds: median(runs.map((r) => r.seconds)), peak: median(runs.map((r) => r.peak)) });

function measure(task: Task, runs: number, python: string | undefined, folder: string, judge: boolean): Row {
  const ours: Run[] = [];
  const theirs: Run[] = [];
  const [mine, other] = [join(folder, 'edgeml.tflite'), join(folder, 'tensorflow.tflite')];
  for (let i = 0; i < runs; i++) {
    ours.push(runEdgeml(['quantize', ...task.edgeml, '--output', mine]));
    if (python) theirs.push(runPython(python, [...task.peer, other]));
  }
  const scores = judge && task.judged && python ? judged(python, task.name, [mine, other]) : undefined;
  return { task: task.name, edgeml: cost(ours), ...(python && { tensorflow: cost(theirs) }), ...(scores && { judge: scores }) };
}

const judged = (python: string, task: string, files: readonly string[]): string =>
  runPython(python, ['-c', judgeScript, shared('peers'), task, ...files])
    .output.replace(/peak .*\n/, '')
    .trim();

/** judge.py takes its arguments from the command line and tells no peak memory. */
const judgeScript = `
import runpy, sys
folder = sys.argv[1]
sys.path.insert(0, folder)
sys.argv = sys.argv[1:]
runpy.run_path(folder + "/judge.py", run_name="__main__")
print("peak 0 MB")`;

const helpMilliseconds = (): number => 1000 * median(Array.from({ length: 11 }, helpSeconds));

function print(rows: readonly Row[]): void {
  const ratio = (row: Row, what: keyof Cost): string => {
    if (!row.tensorflow) return '';
    const r = row.edgeml[what] / row.tensorflow[what];
    return `${r.toFixed(2)}${r <= allowed[what] ? '' : ' (over)'}`;
  };
  console.log(['task', 'edgeml s', 'TF s', 'ratio', 'edgeml MB', 'TF MB', 'ratio'].map((h) => h.padEnd(12)).join(''));
  for (const row of rows) {
    const { edgeml, tensorflow } = row;
    const cells = [
      row.task,
      edgeml.seconds.toFixed(2),
      tensorflow?.seconds.toFixed(2) ?? '–',
      ratio(row, 'seconds'),
      edgeml.peak.toFixed(0),
      tensorflow?.peak.toFixed(0) ?? '–',
      ratio(row, 'peak'),
    ];
    console.log(cells.map((c) => c.padEnd(12)).join(''));
  }
  for (const row of rows) if (row.judge) console.log(`\n${row.judge}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '3' }, judge: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const all = [...Object.keys(mlperf), ...Object.keys(networks)];
  const runs = Number(values.runs);
  const unknown = positionals.find((t) => !all.includes(t));
  if (values.help || unknown || !Number.isInteger(runs) || runs < 1) {
    console.error(unknown ? `There is no task '${unknown}'.\n\n${usage}` : usage);
    return values.help ? 0 : 2;
  }
  const python = tensorflowPython();
  if (!python) console.error('TensorFlow cannot be imported: edgeml is measured alone. Set EDGEML_PYTHON to a Python that has it.');
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-bench-'));
  try {
    const rows: Row[] = [];
    for (const name of positionals.length > 0 ? positionals : all) {
      const task = await prepare(name, folder);
      if (!task) continue;
      console.error(`${name}: ${runs} run${runs === 1 ? '' : 's'} of each`);
      rows.push(measure(task, runs, python, folder, values.judge ?? false));
    }
    const help = helpMilliseconds();
    if (values.json) console.log(JSON.stringify({ schema: 1, cores: availableParallelism(), runs, rows, helpMilliseconds: help }, null, 1));
    else {
      print(rows);
      console.log(`\nedgeml --help: ${help.toFixed(0)} ms (median of 11); ${availableParallelism()} cores, Node ${process.version}`);
    }
    return 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main();
