import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cpuNamed } from '../../src/codegen/boards/cpus.js';
import { missingTools, runTool } from '../../src/codegen/boards/qemu/index.js';
import {
  type CProgram,
  firmware,
  glueFile,
  type LayerTrace,
  readInferences,
  readTrace,
  traceFlag,
  writeInputs,
  writeProgram,
} from '../../src/codegen/boards/qemu/program.js';
import { type COptions, type GeneratedC, generateC } from '../../src/codegen/c/index.js';
import { load } from '../../src/formats/index.js';
import { missing, shared } from '../shared.js';

/** MLPerf Tiny's official int8 files by task. */
export const officials = { kws: 'kws_dscnn', ic: 'ic_resnet8', ad: 'ad_autoencoder', vww: 'vww_mobilenet', sww: 'sww_conv' } as const;
export type Task = keyof typeof officials;

/** The tasks of which TensorFlow Lite Micro's answers are recorded. */
export const recorded = ['kws', 'ic', 'ad'] as const;

export const officialFile = (task: Task): string => `models/mlperf-tiny/${officials[task]}_int8_official.tflite`;

/** An official model as C. */
export async function officialC(task: Task, cpu: string, options: Partial<COptions> = {}): Promise<GeneratedC> {
  const { graph } = await load(shared(officialFile(task)));
  return generateC(graph, { name: task, cpu: processor(cpu), ...options });
}

export function processor(name: string) {
  const cpu = cpuNamed(name);
  if (!cpu) throw new Error(`there is no processor '${name}'`);
  return cpu;
}

/** What TensorFlow Lite Micro's reference kernels answer (reference/tflm). */
export interface Recorded {
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
  /** Of the first two inputs: what each operator wrote. */
  readonly operators: readonly (readonly Uint8Array[])[];
}

export function recordedAnswers(task: (typeof recorded)[number]): Recorded {
  const folder = shared(`reference/tflm/${officials[task]}`);
  const names = readdirSync(folder);
  const all = (pattern: RegExp) => names.filter((n) => pattern.test(n)).map((n) => bytesOf(join(folder, n)));
  const operators = ['ops_0', 'ops_1'].map((ops) =>
    readdirSync(join(folder, ops))
      .sort()
      .map((n) => bytesOf(join(folder, ops, n))),
  );
  return { inputs: all(/^in_\d\.bin$/), outputs: all(/^out_\d\.bin$/), operators };
}

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** Pseudo-random int8 values as reference/tflm/summary.json describes them: xorshift32, seed 1234 + i. */
export function randomBytes(count: number, i: number): Uint8Array {
  let x = 1234 + i;
  return Uint8Array.from({ length: count }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return ((x >>> 24) & 255) ^ 0x80;
  });
}

export interface HostRun {
  readonly outputs: readonly (readonly Uint8Array[])[];
  readonly layers: readonly (readonly LayerTrace[])[];
}

/** What the generated C has to be clean under. */
export const strict = ['-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Wpedantic', '-Werror'];

/** Flags that end a program at its first wrong access or undefined operation. */
export const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-O1', '-g'];

/** Calls a function with the path of a `.tflite` file that holds these bytes. */
export async function withModelFile<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-model-'));
  try {
    writeFileSync(join(folder, 'model.tflite'), bytes);
    return await use(join(folder, 'model.tflite'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles a program with its trace for this machine and runs it. Throws Error with the compiler's or the program's words. */
export async function runOnHost(
  program: CProgram,
  inputs: readonly (readonly Uint8Array[])[],
  { compiler = 'gcc', flags = [...strict, '-O2'] } = {},
): Promise<HostRun> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-host-'));
  try {
    writeProgram(program, folder);
    writeInputs(program, inputs, folder);
    const host = fileURLToPath(new URL('host.c', import.meta.url));
    const sources = [`${program.report.name}.c`, glueFile, join(firmware, 'measure.c'), host];
    await succeed(compiler, [...flags, traceFlag(program), '-I', firmware, '-I', '.', ...sources, '-lm', '-o', 'model'], folder);
    await succeed(join(folder, 'model'), [], folder);
    return { outputs: readInferences(program, folder).map((i) => i.outputs), layers: readTrace(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function succeed(tool: string, args: readonly string[], folder: string): Promise<void> {
  const { status, stdout, stderr } = await runTool(tool, args, folder);
  if (status !== 0) throw new Error(`${tool} ended with ${status}:\n${stderr.slice(0, 4000)}${stdout.slice(0, 1000)}`);
}

/** How two byte strings differ, as a sentence; '' where they do not. For messages: an array of a thousand bytes says little. */
export function difference(actual: Uint8Array, expected: Uint8Array): string {
  if (actual.length !== expected.length) return `${actual.length} bytes instead of ${expected.length}`;
  const wrong = [...expected.keys()].filter((i) => actual[i] !== expected[i]);
  if (wrong.length === 0) return '';
  const [first] = wrong;
  return `${wrong.length} of ${expected.length} differ, the first at ${first}: ${actual[first]} instead of ${expected[first]}`;
}

/** The layers of the first inference and the outputs of all that differ from another run's, a sentence each. */
export function runDifferences(actual: HostRun, expected: HostRun): string[] {
  const [layers, wanted] = [actual.layers[0], expected.layers[0]];
  if (layers.length !== wanted.length) return [`${layers.length} layers instead of ${wanted.length}`];
  return [
    ...wanted.map((l, k) => [`layer ${l.index} (${l.name})`, difference(layers[k].tensor, l.tensor)]),
    ...expected.outputs.flatMap((set, i) => set.map((out, k) => [`output ${k} of input ${i}`, difference(actual.outputs[i][k], out)])),
  ]
    .filter(([, why]) => why !== '')
    .map((words) => words.join(': '));
}

/** How a run differs from the recorded answers: a sentence for each output and operator that does. */
export function differences(task: (typeof recorded)[number], run: HostRun, inputs: number): string[] {
  const { outputs, operators } = recordedAnswers(task);
  const found: string[] = [];
  const tell = (what: string, why: string): void => {
    if (why) found.push(`${task} ${what}: ${why}`);
  };
  if (run.outputs.length !== inputs) tell('outputs', `${run.outputs.length} of ${inputs}`);
  for (const [i, [out]] of run.outputs.entries()) tell(`output ${i}`, difference(out, outputs[i]));
  for (const [i, expected] of operators.entries()) {
    const layers = run.layers[i] ?? [];
    if (layers.length !== expected.length) tell(`trace ${i}`, `${layers.length} tensors of ${expected.length}`);
    else for (const [k, e] of expected.entries()) tell(`trace ${i}, layer ${k} (${layers[k].name})`, difference(layers[k].tensor, e));
  }
  return found;
}

/**
 * Tests that need tools and files: skipped with the sentence that says what is missing, except that missing tools fail
 * where CI is set, because `.ci/run` installs them.
 */
export async function describeWith(title: string, needed: { tools: string[]; files: readonly string[] }, tests: () => void): Promise<void> {
  const absent = needed.files.map(missing).find((reason) => reason !== undefined);
  const tools = await missingTools(needed.tools);
  if (tools && process.env.CI !== 'true') console.warn(`skipped: ${title}: ${tools}`);
  if (tools && process.env.CI === 'true') {
    describe(title, () => {
      it('finds its tools', () => expect(tools).toBeUndefined());
    });
  } else describe.skipIf(absent !== undefined || tools !== undefined)(title, tests);
}
