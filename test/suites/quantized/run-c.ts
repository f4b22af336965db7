import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cpus } from '../../../src/codegen/boards/cpus.js';
import { generateC } from '../../../src/codegen/c/index.js';
import type { Rounding } from '../../../src/codegen/c/program.js';
import type { Graph } from '../../../src/ir/graph.js';
import { bytesOf, fromBytes, type Tensor } from '../../../src/ir/tensor.js';
import { byteSize } from '../../../src/ir/types.js';

/** A graph and the input tensors of each run. */
export interface Job {
  readonly graph: Graph;
  readonly runs: readonly (readonly Tensor[])[];
}

/** The outputs of each run, or why the generator refuses the graph. */
export type Outcome = { readonly runs: readonly (readonly Tensor[])[] } | { readonly refused: string };

export interface RunOptions {
  readonly compiler?: string;
  readonly flags?: readonly string[];
  readonly cpu?: string;
  readonly rounding?: Rounding;
}

/** Whether a C compiler answers to this name. */
export const hasCompiler = (compiler = 'cc'): boolean => spawnSync(compiler, ['--version']).status === 0;

/** Few enough models that a compiler call takes seconds, many enough that headers are read once for all of them. */
const batchSize = 350;

/**
 * Generates C for every graph and runs it: the models of a batch are one translation unit with one main program, which reads the
 * bytes of all inputs from stdin and writes those of all outputs.
 */
export async function runC(jobs: readonly Job[], options: RunOptions = {}): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-c-'));
  try {
    const batches: Promise<Outcome[]>[] = [];
    for (let i = 0; i < jobs.length; i += batchSize) batches.push(runBatch(join(folder, String(i)), jobs.slice(i, i + batchSize), options));
    return (await Promise.all(batches)).flat();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runBatch(folder: string, jobs: readonly Job[], options: RunOptions): Promise<Outcome[]> {
  const { compiler = 'cc', flags = ['-O1'], cpu = 'portable', rounding } = options;
  const target = cpus.find((c) => c.name === cpu);
  if (!target) throw new Error(`there is no processor '${cpu}'`);
  const refusals = new Map<number, string>();
  const units: string[] = [];
  jobs.forEach(({ graph }, i) => {
    try {
      const { files } = generateC(graph, { name: `m${i}`, cpu: target, rounding });
      for (const [path, text] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      units.push(`#include "m${i}.c"`);
    } catch (e) {
      refusals.set(i, (e as Error).message);
    }
  });
  const taken = jobs.flatMap((job, i) => (refusals.has(i) ? [] : [{ ...job, i }]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'all.c'), [...units, '#include <stdio.h>', mainOf(taken)].join('\n'));
  await promisify(execFile)(compiler, ['-std=c99', ...flags, '-o', 'all', 'all.c', '-lm'], { cwd: folder });
  const input = Buffer.concat(taken.flatMap((job) => job.runs.flatMap((inputs) => inputs.map(bytesOf))));
  writeFileSync(join(folder, 'in'), input);
  await promisify(execFile)('./all', [], { cwd: folder });
  const bytes = readFileSync(join(folder, 'out'));
  let at = 0;
  const results = new Map(
    taken.map((job) => [
      job.i,
      job.runs.map(() =>
        job.graph.outputs.map((v) => {
          const from = at;
          at += byteSize(v);
          return fromBytes(v.dtype, v.shape, new Uint8Array(bytes.subarray(from, at)));
        }),
      ),
    ]),
  );
  return jobs
    .map((_, i) => ({ refused: refusals.get(i) as string, runs: results.get(i) as Tensor[][] }))
    .map((o) => (o.runs ? { runs: o.runs } : { refused: o.refused }));
}

function mainOf(jobs: readonly (Job & { readonly i: number })[]): string {
  const call = ({ graph, runs, i }: Job & { readonly i: number }): string[] => [
    `  for (run = 0; run < ${runs.length}; run++) {`,
    ...graph.inputs.map((v, k) => `    if (fread(m${i}_input_${k}(arena), 1, ${byteSize(v)}, in) != ${byteSize(v)}) return 1;`),
    `    m${i}_run(arena);`,
    ...graph.outputs.map((v, k) => `    if (fwrite(m${i}_output_${k}(arena), 1, ${byteSize(v)}, out) != ${byteSize(v)}) return 1;`),
    '  }',
  ];
  const largest = jobs.map(({ i }) => `M${i}_ARENA_BYTES`);
  return [
    `static union { ${largest.map((size, k) => `uint8_t a${k}[${size} + 16];`).join(' ')} uint64_t align; } memory;`,
    'int main(void) {',
    '  void *const arena = (void *)(((uintptr_t)&memory + 15u) & ~(uintptr_t)15u);',
    '  FILE *const in = fopen("in", "rb"), *const out = fopen("out", "wb");',
    '  int run;',
    '  if (!in || !out) return 1;',
    ...jobs.flatMap(call),
    '  return fclose(out);',
    '}',
    '',
  ].join('\n');
}
