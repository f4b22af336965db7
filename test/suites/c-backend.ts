import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuNamed } from '../../src/codegen/boards/cpus.js';
import { generateC } from '../../src/codegen/c/index.js';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { type CModel, type COutcome, compilerName, findCompiler, runModels } from './c-program.js';

/** A graph of a case and what its inputs are given. */
export interface Prepared {
  readonly graph: Graph;
  readonly inputs: readonly Tensor[];
}

/** Whether generated C can be compiled on this machine. */
export const hasCompiler = spawnSync(compilerName, ['--version']).status === 0;

/** So many models in one program: a compiler's start costs more than a small model. */
const perProgram = 100;

/**
 * Every graph as C, compiled and run: what became of it by the name of the graph. Throws Error where there is no C compiler. The generated code and its programs are in a temporary folder, which is gone afterwards.
 */
export async function runAsC(cases: readonly Prepared[]): Promise<ReadonlyMap<string, COutcome>> {
  const root = mkdtempSync(join(tmpdir(), 'edgeml-operators-'));
  try {
    const compiler = await findCompiler(root);
    const outcomes = new Map<string, COutcome>();
    const models: (CModel & { readonly graph: string })[] = [];
    cases.forEach(({ graph, inputs }, i) => {
      const made = generate(graph, `case_${i}`);
      if (made instanceof Error) outcomes.set(graph.name, made);
      else models.push({ generated: made, inputs, graph: graph.name });
    });
    const batches = Array.from({ length: Math.ceil(models.length / perProgram) }, (_, i) =>
      models.slice(i * perProgram, (i + 1) * perProgram),
    );
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < batches.length) {
        const at = next++;
        const folder = join(root, String(at));
        mkdirSync(folder);
        const results = await runModels(compiler, batches[at], folder);
        results.forEach((result, i) => {
          outcomes.set(batches[at][i].graph, result);
        });
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return outcomes;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function generate(graph: Graph, name: string) {
  const cpu = cpuNamed('portable');
  if (!cpu) throw new Error("there is no processor 'portable'");
  try {
    return generateC(graph, { name, cpu });
  } catch (e) {
    return e as Error;
  }
}
