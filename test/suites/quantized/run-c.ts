import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { type GeneratedC, generateC } from '../../../src/codegen/c/index.js';
import type { Rounding } from '../../../src/codegen/c/program.js';
import type { Graph } from '../../../src/ir/graph.js';
import type { Tensor } from '../../../src/ir/tensor.js';
import { type CModel, findCompiler, runModels } from '../c-program.js';

/** A graph and the input tensors of each run. */
export interface Job {
  readonly graph: Graph;
  readonly runs: readonly (readonly Tensor[])[];
}

/** The outputs of each run; or why the generator refuses the graph, or what went wrong with its C. */
export type Outcome = { readonly runs: readonly (readonly Tensor[])[] } | { readonly refused: string };

export interface RunOptions {
  readonly cpu?: string;
  readonly rounding?: Rounding;
  /** Watch every access and overflow, without optimization (the default); else optimized, unwatched. */
  readonly sanitize?: boolean;
}

/** Few enough models that a compiler call takes seconds, many enough that headers are read once for all of them. */
const perProgram = 150;

/** Generates C for every graph, compiles it in large programs and runs it. Throws Error where there is no C compiler. */
export async function runC(jobs: readonly Job[], options: RunOptions = {}): Promise<Outcome[]> {
  const root = mkdtempSync(join(tmpdir(), 'edgeml-quantized-'));
  try {
    const found = await findCompiler(root);
    // Sanitizers make optimization take three times as long as everything else together.
    const flags = options.sanitize === false ? found.flags.filter((f) => !f.startsWith('-fsanitize')) : [...found.flags, '-O0'];
    const compiler = { ...found, flags };
    const made = jobs.map(({ graph }, i) => generate(graph, `m${i}`, options));
    const programs: number[][] = [];
    made.forEach((m, i) => {
      if (m instanceof Error) return;
      if (programs.length === 0 || (programs.at(-1) as number[]).length === perProgram) programs.push([]);
      (programs.at(-1) as number[]).push(i);
    });
    const outcomes = made.map((m): Outcome => (m instanceof Error ? { refused: m.message } : { runs: [] }));
    const work = async (): Promise<void> => {
      for (let next = programs.shift(); next; next = programs.shift()) {
        const models = next.flatMap((i): (CModel & { readonly job: number })[] =>
          jobs[i].runs.map((inputs) => ({ generated: made[i] as GeneratedC, inputs, job: i })),
        );
        const folder = join(root, String(next[0]));
        mkdirSync(folder);
        const results = await runModels(compiler, models, folder);
        models.forEach(({ job }, k) => {
          const result = results[k];
          const before = outcomes[job];
          if (result instanceof Error) outcomes[job] = { refused: result.message };
          else if ('runs' in before) outcomes[job] = { runs: [...before.runs, result] };
        });
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return outcomes;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function generate(graph: Graph, name: string, { cpu = 'portable', rounding }: RunOptions): GeneratedC | Error {
  const target = cpuNamed(cpu);
  if (!target) throw new Error(`there is no processor '${cpu}'`);
  try {
    return generateC(graph, { name, cpu: target, rounding });
  } catch (e) {
    return e as Error;
  }
}

/** Whether the C of a graph depends on how often it rounds; false where there is none. */
export function rounds(graph: Graph): boolean {
  const [double, single] = (['double', 'single'] as const).map((rounding) => generate(graph, 'm', { rounding }));
  if (double instanceof Error || single instanceof Error) return false;
  const text = ({ files }: GeneratedC): string => (files.get('m.c') as string).replace(/^.*(rounding\.|EDGEML_SINGLE_ROUNDING).*\n/gm, '');
  if (text(double) !== text(single)) return true;
  return [...single.files].some(([path, content]) => path.startsWith('edgeml/') && content.includes('EDGEML_SINGLE_ROUNDING'));
}
