import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GeneratedC } from '../../src/codegen/c/index.js';
import { bytesOf, fromBytes, type Tensor } from '../../src/ir/tensor.js';

/** A generated model with the inputs it is to be run on. */
export interface CModel {
  readonly generated: GeneratedC;
  readonly inputs: readonly Tensor[];
}

/** What became of a model: its outputs, or the compiler's or the program's words. */
export type COutcome = readonly Tensor[] | Error;

/** How generated code has to compile, and what has to stop it when it runs. */
const strict = ['-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Wpedantic', '-Werror'];
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** A program that hangs is stopped after a minute; a compiler on a busy machine may take longer. */
const longestRun = 60_000;
const longestCompilation = 300_000;

interface Ran {
  /** Undefined where the program was stopped by a signal, or for taking too long. */
  readonly status: number | undefined;
  readonly stderr: string;
}

const run = (command: string, args: readonly string[], cwd: string, timeout: number): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { cwd, timeout, maxBuffer: 2 ** 26, env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } };
    execFile(command, args, options, (error, _stdout, stderr) => {
      resolve({
        status: error === null ? 0 : typeof error.code === 'number' ? error.code : undefined,
        stderr: stderr || (error?.message ?? ''),
      });
    });
  });

/** A C compiler and the flags for what it can do. */
export interface Compiler {
  readonly command: string;
  readonly flags: readonly string[];
}

export const compilerName = process.env.CC ?? 'cc';

/** The compiler of this machine, with sanitizers where it has them. Throws Error with its words where it compiles nothing. */
export async function findCompiler(folder: string): Promise<Compiler> {
  writeFileSync(join(folder, 'try.c'), 'int main(void) { return 0; }\n');
  let words = '';
  for (const extra of [sanitizers, []]) {
    const flags = ['-O1', ...strict, ...extra];
    const { status, stderr } = await run(compilerName, [...flags, 'try.c', '-o', 'try'], folder, longestCompilation);
    if (status === 0) return { command: compilerName, flags };
    words = stderr;
  }
  throw new Error(`the C compiler '${compilerName}' compiles nothing:\n${words.slice(0, 2000)}`);
}

const mainSource = (models: readonly CModel[]): string => {
  const names = models.map((m) => m.generated.report.name);
  const ports: string[] = [];
  const rows = models.map(({ generated: { report } }) => {
    const first = ports.length;
    for (const { offset, bytes } of [...report.inputs, ...report.outputs]) ports.push(`{${offset}, ${bytes}}`);
    return `  {${report.name}_run, ${report.name.toUpperCase()}_ARENA_BYTES, ${first}, ${report.inputs.length}, ${report.outputs.length}},`;
  });
  return [
    '#include <stdio.h>',
    '#include <stdlib.h>',
    '#include <string.h>',
    // A model may be there several times, for several inputs.
    ...[...new Set(names)].map((n) => `#include "${n}.c"`),
    'static const struct { size_t offset, bytes; } ports[] = {',
    `  ${ports.join(', ')}`,
    '};',
    'static const struct { void (*run)(void *); size_t bytes; int first, inputs, outputs; } models[] = {',
    ...rows,
    '};',
    '/* Each model has an arena of its own, of just its size and full of garbage. */',
    'int main(int argc, char **argv) {',
    '  int m = argc > 1 ? atoi(argv[1]) : 0;',
    '  FILE *const in = fopen("in", "rb");',
    '  FILE *const out = fopen("out", "wb");',
    '  if (!in || !out) return 1;',
    `  for (; m < ${models.length}; m++) {`,
    '    uint8_t *const arena = malloc(models[m].bytes);',
    '    int p = models[m].first;',
    '    if (!arena && models[m].bytes > 0) return 1;',
    '    if (arena) memset(arena, 0xa5, models[m].bytes);',
    '    for (; p < models[m].first + models[m].inputs; p++) {',
    '      if (fread(arena + ports[p].offset, 1, ports[p].bytes, in) != ports[p].bytes) return 1;',
    '    }',
    '    models[m].run(arena);',
    '    for (; p < models[m].first + models[m].inputs + models[m].outputs; p++) {',
    '      if (fwrite(arena + ports[p].offset, 1, ports[p].bytes, out) != ports[p].bytes) return 1;',
    '    }',
    '    if (fflush(out) != 0) return 1;',
    '    free(arena);',
    '  }',
    '  return 0;',
    '}',
    '',
  ].join('\n');
};

/**
 * Compiles models into one program and runs it, each model in an arena of its own. A model that does not compile or that stops
 * the program fails by itself: the others are tried without it.
 * @param folder A folder for this program alone.
 */
export async function runModels(compiler: Compiler, models: readonly CModel[], folder: string): Promise<COutcome[]> {
  for (const { generated } of models) {
    for (const [path, text] of generated.files) {
      const to = join(folder, path);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
    }
  }
  writeFileSync(join(folder, 'batch.c'), mainSource(models));
  const { status, stderr } = await run(compiler.command, [...compiler.flags, 'batch.c', '-o', 'batch', '-lm'], folder, longestCompilation);
  if (status !== 0) {
    if (models.length === 1) return [new Error(`the C does not compile:\n${stderr.slice(0, 2000)}`)];
    const half = Math.ceil(models.length / 2);
    const first = await runModels(compiler, models.slice(0, half), folder);
    return [...first, ...(await runModels(compiler, models.slice(half), folder))];
  }
  const outcomes: COutcome[] = [];
  while (outcomes.length < models.length) outcomes.push(...(await runFrom(models, outcomes.length, folder)));
  return outcomes;
}

/** Runs the program from model `first` on, to the end or to the model that stops it. */
async function runFrom(models: readonly CModel[], first: number, folder: string): Promise<COutcome[]> {
  writeFileSync(join(folder, 'in'), Buffer.concat(models.slice(first).flatMap((m) => m.inputs.map(bytesOf))));
  const { status, stderr } = await run(join(folder, 'batch'), [String(first)], folder, longestRun);
  const out = readFileSync(join(folder, 'out'));
  const outcomes: COutcome[] = [];
  let at = 0;
  for (const { generated } of models.slice(first)) {
    const ports = generated.report.outputs;
    const bytes = ports.reduce((sum, p) => sum + p.bytes, 0);
    if (at + bytes > out.length || (bytes === 0 && status !== 0)) break;
    outcomes.push(
      ports.map((p) => {
        const t = fromBytes(p.dtype, p.shape, out.subarray(at, at + p.bytes));
        at += p.bytes;
        return t;
      }),
    );
  }
  if (outcomes.length < models.length - first) {
    const how = status === undefined ? 'was stopped' : `ended with ${status}`;
    outcomes.push(new Error(`the program ${how}:\n${stderr.slice(0, 2000)}`));
  }
  return outcomes;
}
