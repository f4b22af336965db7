import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { headerText } from '../../../src/codegen/c/emit/header.js';
import { sourceText } from '../../../src/codegen/c/emit/source.js';
import { generateC } from '../../../src/codegen/c/index.js';
import { type Layers, layersOf } from '../../../src/codegen/c/layers.js';
import type { Call } from '../../../src/codegen/c/program.js';
import { placesOf, type Storage } from '../../../src/codegen/c/storage.js';
import { UnsupportedError } from '../../../src/errors.js';
import { allValues, type Value } from '../../../src/ir/graph.js';
import { byteSize, dtypes } from '../../../src/ir/types.js';
import { backends } from '../../suites/backends.js';
import { hasCompiler } from '../../suites/c-backend.js';
import { type CModel, findCompiler, runModels } from '../../suites/c-program.js';
import { caseGraph, difference, loadCases, makeTensor, type OperatorCase } from '../../suites/case.js';

const cpu = cpuNamed('portable');

/** Everything has its place for itself, but the output of a call lies on one input, as near as the call allows. */
function overlapping(call: Call, input: Value, distance: number, { graph }: Layers): Storage | undefined {
  const output = placesOf(call).find((p) => p.kind === 'out');
  if (output?.kind !== 'out' || output.value === input) return undefined;
  const aligned = (n: number, to: number): number => Math.ceil(n / to) * to;
  const unit = Math.max(dtypes[input.dtype].bytes, dtypes[output.value.dtype].bytes);
  const ahead = aligned(distance, unit);
  const base = aligned(Math.max(0, -ahead), 16);
  const offsets = new Map<Value, number>([
    [output.value, base],
    [input, base + ahead],
  ]);
  let end = aligned(Math.max(base + byteSize(output.value), base + ahead + byteSize(input)), 16);
  for (const v of allValues(graph)) {
    if (v.data || offsets.has(v)) continue;
    offsets.set(v, end);
    end = aligned(end + byteSize(v), 16);
  }
  return { bytes: end, offsetOf: (v) => offsets.get(v) as number, scratchOf: () => end, buffers: [] };
}

/** The model of a case with one of its calls made to overlap; one for each input that a call may be laid over. */
function models(c: OperatorCase, name: string): (CModel & { readonly what: string })[] {
  if (!cpu) throw new Error("there is no processor 'portable'");
  const { graph, inputs } = caseGraph(c);
  const made = layersOf(graph, { cpu, rounding: 'double' });
  const calls = made.layers.flatMap((l) => l.calls);
  if (made.layers.some((l) => l.alias) || calls.some((call) => placesOf(call).some((p) => p.kind === 'scratch'))) return [];
  const uses = (call: Call, v: Value): boolean => placesOf(call).some((p) => p.kind !== 'scratch' && p.value === v);
  return calls.flatMap((call, i) =>
    [...(call.overlaps ?? [])].flatMap(([input, distance], k) => {
      const storage = input.data ? undefined : overlapping(call, input, distance, made);
      const output = placesOf(call).find((p) => p.kind === 'out');
      if (!storage || output?.kind !== 'out') return [];
      if (calls.slice(i + 1).some((later) => uses(later, input)) || calls.slice(0, i).some((earlier) => uses(earlier, output.value)))
        return [];
      if (made.graph.outputs.includes(input)) return [];
      const id = `${name}_${i}_${k}`;
      const generated = generateC(graph, { name: id, cpu });
      const text = { name: id, origin: [], layers: made.layers, storage, rounding: 'double' as const };
      const ports = { name: id, origin: [], inputs: made.graph.inputs, outputs: made.graph.outputs, storage };
      const files = new Map([...generated.files, [`${id}.c`, sourceText(text).text], [`${id}.h`, headerText(ports)]]);
      const at = <T extends { name: string }>(port: T, v: Value) => ({ ...port, offset: storage.offsetOf(v) });
      const report = {
        ...generated.report,
        inputs: generated.report.inputs.map((p, n) => at(p, made.graph.inputs[n])),
        outputs: generated.report.outputs.map((p, n) => at(p, made.graph.outputs[n])),
      };
      return [{ generated: { files, report }, inputs, what: `${graph.name}: ${call.function} over '${input.name}' at ${distance}` }];
    }),
  );
}

it.skipIf(!hasCompiler)('lets outputs lie on inputs wherever calls say that they may', async () => {
  const all = loadCases().flatMap((c, i) => {
    try {
      return models(c, `case_${i}`).map((model) => ({ ...model, c }));
    } catch (e) {
      if (e instanceof UnsupportedError) return [];
      throw e;
    }
  });
  expect(all.length).toBeGreaterThan(500);
  const wrong: string[] = [];
  const root = mkdtempSync(join(tmpdir(), 'edgeml-overlaps-'));
  try {
    const compiler = await findCompiler(root);
    for (let first = 0; first < all.length; first += 200) {
      const batch = all.slice(first, first + 200);
      const outcomes = await runModels(compiler, batch, mkdtempSync(join(root, 'batch-')));
      for (const [i, { c, what }] of batch.entries()) {
        const outcome = outcomes[i];
        const { graph, inputs } = caseGraph(c);
        const wanted = c.expect?.map(makeTensor) ?? (await backends[0].run(graph, inputs));
        const found =
          outcome instanceof Error ? outcome.message : wanted.map((w, k) => difference(outcome[k], w, c.tolerance)).find(Boolean);
        if (found) wrong.push(`${what}: ${found}`);
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  expect(wrong).toEqual([]);
});
