import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cpu, cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { headerText } from '../../../src/codegen/c/emit/header.js';
import { sourceText } from '../../../src/codegen/c/emit/source.js';
import { generateC } from '../../../src/codegen/c/index.js';
import { type Layers, layersOf } from '../../../src/codegen/c/layers.js';
import type { Call, Scratch } from '../../../src/codegen/c/program.js';
import { placesOf, type Storage } from '../../../src/codegen/c/storage.js';
import { UnsupportedError } from '../../../src/errors.js';
import { type Attrs, allValues, type Graph, type Value } from '../../../src/ir/graph.js';
import { bytesOf, type Tensor } from '../../../src/ir/tensor.js';
import { byteSize, type DType, dtypes, showType } from '../../../src/ir/types.js';
import { completeAttrs } from '../../../src/ops/define.js';
import { operator } from '../../../src/ops/index.js';
import { hasCompiler, type Prepared } from '../../suites/c-backend.js';
import { type CModel, compilerName, findCompiler, runModels } from '../../suites/c-program.js';
import { caseGraph, loadCases, makeTensor } from '../../suites/case.js';
import { quantizedCases } from '../../suites/quantized/graphs.js';

const aligned = (n: number, to: number): number => Math.ceil(n / to) * to;

const outputOf = (call: Call): Value | undefined => {
  const place = placesOf(call).find((p) => p.kind === 'out');
  return place?.kind === 'out' ? place.value : undefined;
};

const uses = (call: Call, v: Value): boolean => placesOf(call).some((p) => p.kind !== 'scratch' && p.value === v);

/** Everything has its place for itself, but `output` lies `ahead` bytes before `input` where they are given. */
function laidOut({ graph, layers }: Layers, over?: { output: Value; input: Value; distance: number }): Storage {
  const offsets = new Map<Value | Scratch, number>();
  let end = 0;
  if (over) {
    const { output, input, distance } = over;
    const ahead = aligned(distance, Math.max(dtypes[input.dtype].bytes, dtypes[output.dtype].bytes));
    const base = aligned(Math.max(0, -ahead), 16);
    offsets.set(output, base).set(input, base + ahead);
    end = aligned(Math.max(base + byteSize(output), base + ahead + byteSize(input)), 16);
  }
  const place = (key: Value | Scratch, bytes: number): void => {
    if (offsets.has(key)) return;
    offsets.set(key, end);
    end = aligned(end + bytes, 16);
  };
  for (const v of allValues(graph)) if (!v.data) place(v, byteSize(v));
  for (const p of layers.flatMap((l) => l.calls.flatMap(placesOf))) if (p.kind === 'scratch') place(p, p.bytes);
  const offsetOf = (key: Value | Scratch) => offsets.get(key) as number;
  return { bytes: end, offsetOf, scratchOf: offsetOf, buffers: [] };
}

/** The graph as C with a storage of the test's own. */
function generated(graph: Graph, made: Layers, storage: Storage, name: string, cpu: Cpu): CModel['generated'] {
  const { files, report } = generateC(graph, { name, cpu });
  const { layers, graph: lowered } = made;
  const origin = { source: 'overlaps', name };
  const ports = { name, origin, about: [], inputs: lowered.inputs, outputs: lowered.outputs, storage };
  const source = sourceText({ name, origin, about: [], layers, storage, rounding: 'double' });
  const at = <T extends object>(port: T, v: Value) => ({ ...port, offset: storage.offsetOf(v) });
  return {
    files: new Map([...files, [`${name}.c`, source.text], [`${name}.h`, headerText(ports)]]),
    report: {
      ...report,
      inputs: report.inputs.map((p, i) => at(p, lowered.inputs[i])),
      outputs: report.outputs.map((p, i) => at(p, lowered.outputs[i])),
    },
  };
}

interface Claim {
  readonly what: string;
  readonly call: Call;
  /** With everything apart, and with the output over the input. */
  readonly models: () => readonly [apart: CModel, over: CModel];
}

/** What the calls of a graph claim about inputs that nothing needs afterwards. */
function claims({ graph, inputs }: Prepared, name: string, cpu: Cpu): Claim[] {
  let made: Layers;
  try {
    made = layersOf(graph, { cpu, rounding: 'double' }, graph.name);
  } catch (e) {
    if (e instanceof UnsupportedError) return [];
    throw e;
  }
  if (made.layers.some((l) => l.alias)) return [];
  const calls = made.layers.flatMap((l) => l.calls);
  const model = (id: string, over?: Parameters<typeof laidOut>[1]): CModel => ({
    generated: generated(graph, made, laidOut(made, over), id, cpu),
    inputs,
  });
  return calls.flatMap((call, i) =>
    [...(call.overlaps ?? [])].flatMap(([input, distance], k): Claim[] => {
      const output = outputOf(call);
      const needed = made.graph.outputs.includes(input) || calls.slice(i + 1).some((later) => uses(later, input));
      if (!output || output === input || input.data || needed || calls.slice(0, i).some((earlier) => uses(earlier, output))) return [];
      const id = `${name}_${i}_${k}`;
      return [
        {
          call,
          what: `${graph.name}: ${call.function} over '${input.name}' at ${distance}`,
          models: () => [model(`${id}_apart`), model(`${id}_over`, { output, input, distance })],
        },
      ];
    }),
  );
}

/** The claims that do not hold, each as a sentence. */
async function broken(all: readonly Claim[], optimized = false): Promise<string[]> {
  const wrong: string[] = [];
  const root = mkdtempSync(join(tmpdir(), 'edgeml-overlaps-'));
  const bytes = (outputs: readonly Tensor[]) => Buffer.concat(outputs.map(bytesOf));
  try {
    const compiler = optimized ? { command: compilerName, flags: ['-std=c99', '-O3'] } : await findCompiler(root);
    for (let first = 0; first < all.length; first += 100) {
      const batch = all.slice(first, first + 100);
      const folder = mkdtempSync(join(root, 'batch-'));
      const outcomes = await runModels(
        compiler,
        batch.flatMap((c) => c.models()),
        folder,
      );
      batch.forEach(({ what }, i) => {
        const [apart, over] = outcomes.slice(2 * i, 2 * i + 2);
        if (apart instanceof Error || over instanceof Error) wrong.push(`${what}: ${apart instanceof Error ? apart : over}`);
        else if (!bytes(apart).equals(bytes(over)))
          wrong.push(`${what}: ${bytes(over).toString('hex')} is not ${bytes(apart).toString('hex')}`);
      });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return wrong;
}

const processor = (name: string): Cpu => {
  const cpu = cpuNamed(name);
  if (!cpu) throw new Error(`there is no processor '${name}'`);
  return cpu;
};

/** Every kernel function claims much the same in each of its cases: a few of them are held to it, spread over all. */
function some(all: readonly Claim[], perFunction = 3): Claim[] {
  const byFunction = new Map<string, Claim[]>();
  for (const c of all) byFunction.set(c.call.function, [...(byFunction.get(c.call.function) ?? []), c]);
  return [...byFunction.values()].flatMap((list) => {
    const step = Math.max(1, list.length / perFunction);
    return list.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  });
}

/** Long enough for a compiler to take several elements at once, in an order of its own. */
const length = 1003;

/** Operators whose results may get ahead of their operands, or are of another type than these, on long tensors. */
function longCases(): Prepared[] {
  const random = (dtype: DType, seed: number): Tensor => makeTensor({ dtype, shape: [length], random: { seed, min: 0, max: 100 } });
  const prepared = (op: string, operands: readonly Tensor[], attrs: Attrs = {}): Prepared => {
    const inputs = operands.map(({ dtype, shape }, i): Value => ({ name: `x${i}`, dtype, shape }));
    const complete = completeAttrs(operator(op), attrs);
    const outputs = operator(op)
      .infer(inputs, complete)
      .map((type, i): Value => ({ name: `y${i}`, ...type }));
    const node = { name: 'node', op, inputs, outputs, attrs: complete };
    return { graph: { name: `${op} of ${operands.map(showType)}`, inputs, outputs, nodes: [node] }, inputs: operands };
  };
  const types = Object.keys(dtypes) as DType[];
  return [
    ...types.flatMap((from) => types.map((to) => prepared('Cast', [random(from, 1)], { to }))),
    ...types.map((t) => prepared('Where', [random('bool', 1), random(t, 2), random(t, 3)])),
    ...types.map((t) => prepared('Pad', [random(t, 1)], { pads: [5, 3] })),
    ...types.map((t) => prepared('Slice', [random(t, 1)], { starts: [3], ends: [length], steps: [3] })),
    ...types.filter((t) => t !== 'float16' && t !== 'float64').map((t) => prepared('Equal', [random(t, 1), random(t, 2)])),
    ...(['float32', 'int8', 'int32', 'int64'] as const).flatMap((t) =>
      ['Add', 'Mul', 'Maximum', 'Less'].map((op) => prepared(op, [random(t, 1), random(t, 2)])),
    ),
  ];
}

/** Hundreds of models are compiled. */
const timeout = 600_000;

describe.skipIf(!hasCompiler)('outputs that lie on inputs, as near as calls say that they may', () => {
  it('are right for every operator', { timeout }, async () => {
    const all = loadCases().flatMap((c, i) => claims(caseGraph(c), `case_${i}`, processor('portable')));
    expect(all.length).toBeGreaterThan(1000);
    expect(await broken(some(all))).toEqual([]);
  });

  it('are right where the compiler takes several elements at once', { timeout }, async () => {
    const all = longCases().flatMap((c, i) => claims(c, `long_${i}`, processor('portable')));
    expect(all.length).toBeGreaterThan(150);
    expect(await broken(all, true)).toEqual([]);
  });

  it('are right for every quantized operator, with and without DSP instructions', { timeout }, async () => {
    const cases = quantizedCases().map(({ graph, runs }) => ({ graph, inputs: runs[runs.length - 1] }));
    const portable = cases.flatMap((c, i) => claims(c, `case_${i}`, processor('portable')));
    const dsp = cases.flatMap((c, i) => claims(c, `dsp_${i}`, processor('cortex-m4'))).filter((c) => c.call.kernel.endsWith('_dsp'));
    expect(portable.length).toBeGreaterThan(100);
    expect(dsp.length).toBeGreaterThan(10);
    expect(await broken([...some(portable), ...some(dsp)])).toEqual([]);
  });
});
