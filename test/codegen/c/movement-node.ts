import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { generateC } from '../../../src/codegen/c/index.js';
import { lowerNode } from '../../../src/codegen/c/lower/index.js';
import type { Alias, Arg, Call, Struct, Table, Target } from '../../../src/codegen/c/program.js';
import type { Attrs, Graph, QuantParams, Value } from '../../../src/ir/graph.js';
import { fromNumbers, type Tensor } from '../../../src/ir/tensor.js';
import type { DType } from '../../../src/ir/types.js';
import { completeAttrs } from '../../../src/ops/define.js';
import { operandsOf } from '../../../src/ops/evaluate.js';
import { operator } from '../../../src/ops/index.js';
import { findCompiler, runModels } from '../../suites/c-program.js';

const cpu = cpuNamed('portable');
if (!cpu) throw new Error("there is no processor 'portable'");
const target: Target = { cpu, rounding: 'double' };

export const perTensor = (scale: number, zeroPoint: number): QuantParams => ({
  scale: Float32Array.of(scale),
  zeroPoint: Int32Array.of(zeroPoint),
});

export const value = (name: string, dtype: DType, shape: readonly number[], more: Partial<Value> = {}): Value => ({
  name,
  dtype,
  shape,
  ...more,
});

export const constant = (name: string, dtype: DType, shape: readonly number[], data: readonly number[]): Value => ({
  name,
  ...fromNumbers(dtype, shape, data),
});

/** A graph of one node; quantized outputs are of the type and grid of the first quantized input, or of `quant`. */
export function oneNode(op: string, inputs: readonly Value[], attrs: Attrs = {}, quant?: QuantParams): Graph {
  const complete = completeAttrs(operator(op), attrs);
  const like = inputs.find((v) => v.quant);
  const outputs = operator(op)
    .infer(operandsOf(op, inputs), complete)
    .map(({ dtype, shape }, i) => {
      const onGrid = like && dtype === 'float32';
      return value(`y${i}`, onGrid ? like.dtype : dtype, shape, onGrid ? { quant: quant ?? like.quant } : {});
    });
  const node = { name: 'node', op, inputs, outputs, attrs: complete };
  return { name: op, inputs: inputs.filter((v) => !v.data), outputs, nodes: [node] };
}

export const lowered = (graph: Graph): readonly Call[] | Alias => lowerNode(graph.nodes[0], target);

export const calls = (graph: Graph): readonly Call[] => {
  const made = lowered(graph);
  if ('alias' in made) throw new Error('it is an alias');
  return made;
};

const isStruct = (a: Arg): a is Struct => typeof a === 'object' && a.kind === 'struct';

/** The parameters of a call by name, tables as plain lists. */
export function params(call: Call): Record<string, unknown> {
  const found = call.args.find(isStruct);
  if (!found) throw new Error(`${call.function} has no struct`);
  const plain = (f: unknown): unknown => ((f as Table | null)?.kind === 'table' ? Array.from((f as Table).data as ArrayLike<number>) : f);
  return Object.fromEntries(Object.entries(found.fields).map(([k, v]) => [k, plain(v)]));
}

/** What a graph gives on these inputs, compiled with sanitizers. Throws Error with the compiler's or the program's words. */
export async function runC(graph: Graph, inputs: readonly Tensor[]): Promise<readonly Tensor[]> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-node-'));
  try {
    const generated = generateC(graph, { name: 'model', ...target });
    const [outcome] = await runModels(await findCompiler(folder), [{ generated, inputs }], folder);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
