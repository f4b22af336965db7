import { writeOnnx } from '../../src/formats/onnx/write.js';
import { writeTflite } from '../../src/formats/tflite/write.js';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { evaluateNode } from '../../src/ops/evaluate.js';
import { litert } from '../../src/runtime/litert.js';
import { onnxruntime } from '../../src/runtime/onnxruntime.js';
import type { Session } from '../../src/runtime/types.js';
import { hasCompiler, type Prepared, runAsC } from './c-backend.js';
import type { COutcome } from './c-program.js';

/** A way to run a graph of one node. */
export interface Backend {
  readonly name: string;
  /** What this machine lacks for the backend, as a sentence. */
  readonly missing?: string;
  /** Sees every case before the first one runs, for a backend that is quicker on all of them at once. */
  prepare?(cases: readonly Prepared[]): Promise<void>;
  /** The outputs in order. Throws where the backend has no way to say or run the node. */
  run(graph: Graph, inputs: readonly Tensor[]): Promise<Tensor[]>;
}

/** The records' own meaning. */
const interpreter: Backend = {
  name: 'interpreter',
  run: async ({ nodes: [node], inputs }, given) => {
    const operands = node.inputs.map((v) => (v === null || v.data ? (v as Tensor | null) : { ...v, ...given[inputs.indexOf(v)] }));
    return evaluateNode(node.op, operands, node.attrs, node.outputs);
  },
};

/** Writes the graph to a file, loads it into a runtime and runs it once; ports are matched by name. */
const through = (name: string, open: (graph: Graph) => Promise<Session>): Backend => ({
  name,
  run: async (graph, given) => {
    const session = await open(graph);
    try {
      const named = new Map(graph.inputs.map((v, i) => [v.name, given[i]]));
      const results = await session.run(session.inputs.map((p) => named.get(p.name) as Tensor));
      return graph.outputs.map((v) => results[session.outputs.findIndex((p) => p.name === v.name)]);
    } finally {
      await session.close();
    }
  },
});

/** Generated C: all cases are compiled and run beforehand. */
function generatedC(): Backend {
  let outcomes: ReadonlyMap<string, COutcome> = new Map();
  return {
    name: 'c',
    ...(!hasCompiler && { missing: 'There is no C compiler (cc, or what CC names): generated C is not run.' }),
    prepare: async (cases) => {
      outcomes = await runAsC(cases);
    },
    run: async (graph) => {
      const outcome = outcomes.get(graph.name) ?? new Error(`'${graph.name}' was not prepared`);
      if (outcome instanceof Error) throw outcome;
      return [...outcome];
    },
  };
}

export const backends: readonly Backend[] = [
  interpreter,
  through('onnxruntime', async (graph) => (await onnxruntime({ threads: 1 })).load(await writeOnnx(graph))),
  through('litert', async (graph) => litert.load(writeTflite(graph))),
  generatedC(),
];
