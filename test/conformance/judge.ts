import { EdgemlError, NeedsConstantError } from '../../src/errors.js';
import { readOnnx } from '../../src/formats/onnx/read.js';
import { writeOnnx } from '../../src/formats/onnx/write.js';
import { writeTflite } from '../../src/formats/tflite/write.js';
import type { ReadOptions } from '../../src/formats/types.js';
import { cloneGraph } from '../../src/ir/clone.js';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { optimize } from '../../src/passes/pipeline.js';
import { interpret } from '../../src/runtime/interpreter.js';
import { litert } from '../../src/runtime/litert.js';
import { onnxruntime } from '../../src/runtime/onnxruntime.js';
import type { Runtime } from '../../src/runtime/types.js';
import { type Case, openCase, readTensors } from './case.js';
import { difference } from './compare.js';
import { type Backend, backends, type CaseResult, type Outcome, type Verdict } from './types.js';

type Inputs = ReadonlyMap<string, Tensor>;
/** Answers of one backend to one data set. Refuses with an EdgemlError; anything else is a bug. */
type Run = (graph: Graph, inputs: readonly Tensor[]) => Promise<readonly Tensor[]>;

const severity: readonly Verdict[] = ['passed', 'refused', 'wrong'];
const worse = (a: Outcome, b: Outcome): Outcome => (severity.indexOf(b.verdict) > severity.indexOf(a.verdict) ? b : a);

/**
 * Judges a case on each backend, as it was read and after the optimization passes, over all its data sets.
 * A refusal is an EdgemlError from the reader or a writer. Everything else that is not the right answer is wrong,
 * a runtime's refusal of what we wrote included.
 */
export async function judge(folder: string, name: string, wanted: readonly Backend[] = backends): Promise<CaseResult> {
  const outcomes: Partial<Record<Backend, Outcome>> = {};
  const note = (outcome: Outcome, ...of: readonly Backend[]) => {
    for (const b of of) outcomes[b] = worse(outcomes[b] ?? { verdict: 'passed' }, outcome);
  };
  let opened: Case | undefined;
  try {
    opened = await openCase(folder);
    for (const dataSet of opened.dataSets) {
      const read = await readCase(opened, dataSet);
      const expected = await readTensors(dataSet, 'output');
      for (const b of wanted) {
        for (const [form, graph] of forms(read.graph)) note(await judgeGraph(runs[b], graph, read.inputs, expected, form), b);
      }
    }
  } catch (e) {
    note(failure(e, 'reader'), ...wanted);
  }
  return { name, operator: opened?.operator ?? 'several', opset: opened?.opset ?? 0, backends: outcomes };
}

/** The graph as read, then as optimized; what goes wrong in the passes is told by the second. */
function* forms(graph: Graph): Generator<readonly ['as read' | 'optimized', () => Graph]> {
  yield ['as read', () => graph];
  yield [
    'optimized',
    () => {
      const copy = cloneGraph(graph);
      optimize(copy);
      return copy;
    },
  ];
}

async function judgeGraph(run: Run, graph: () => Graph, inputs: Inputs, expected: readonly Tensor[], form: string): Promise<Outcome> {
  try {
    const g = graph();
    const got = await run(
      g,
      g.inputs.map((v) => inputs.get(v.name) as Tensor),
    );
    if (got.length !== expected.length) return wrong(form, `gives ${got.length} outputs, not ${expected.length}`);
    for (const [i, e] of expected.entries()) {
      const what = difference(got[i], e);
      if (what) return wrong(form, `output ${i} ${what}`);
    }
    return { verdict: 'passed' };
  } catch (e) {
    return failure(e, form);
  }
}

const wrong = (form: string, reason: string): Outcome => ({ verdict: 'wrong', reason: `${form}: ${reason}` });

/** A runtime that turns down or fails on a file that we wrote: the writer should have refused. */
class RuntimeRefusal extends Error {}

function failure(e: unknown, where: string): Outcome {
  if (e instanceof EdgemlError) return { verdict: 'refused', reason: e.message };
  if (e instanceof RuntimeRefusal) return wrong(where, e.message);
  return wrong(where, e instanceof Error ? (e.stack ?? e.message) : String(e));
}

/** Free dimensions are fixed to those of the data set, and so are inputs whose value decides a shape, as the reader asks for them. */
async function readCase(opened: Case, dataSet: string): Promise<{ graph: Graph; inputs: Inputs }> {
  const inputs = await inputsOf(opened, dataSet).catch((e: unknown) => {
    if (e instanceof EdgemlError) return e;
    throw e;
  });
  const frozen: Record<string, Tensor> = {};
  let inputShapes: ReadOptions['inputShapes'];
  for (;;) {
    try {
      const { graph } = await readOnnx(opened.source, { inputValues: frozen, inputShapes });
      if (inputs instanceof EdgemlError) throw inputs;
      return { graph, inputs };
    } catch (e) {
      if (inputs instanceof EdgemlError || !(e instanceof EdgemlError)) throw e;
      if (e instanceof NeedsConstantError) {
        if (!inputs.has(e.input) || e.input in frozen) throw e;
        frozen[e.input] = inputs.get(e.input) as Tensor;
      } else if (inputShapes) throw e;
      inputShapes = Object.fromEntries([...inputs].filter(([name]) => !(name in frozen)).map(([name, t]) => [name, t.shape]));
    }
  }
}

async function inputsOf(opened: Case, dataSet: string): Promise<Inputs> {
  const tensors = await readTensors(dataSet, 'input');
  return new Map(tensors.map((t, i) => [opened.inputNames[i], t]));
}

const throughFile =
  (write: (graph: Graph) => Promise<Uint8Array> | Uint8Array, runtime: () => Promise<Runtime> | Runtime): Run =>
  async (graph, inputs) => {
    const file = await write(graph);
    const loaded = await runtime();
    try {
      const session = await loaded.load(file);
      try {
        return await session.run(inputs);
      } finally {
        await session.close();
      }
    } catch (e) {
      throw new RuntimeRefusal(e instanceof Error ? e.message : String(e));
    }
  };

const runs: Readonly<Record<Backend, Run>> = {
  interpreter: async (graph, inputs) => interpret(graph, inputs).outputs,
  onnx: throughFile(writeOnnx, () => onnxruntime({ threads: 1 })),
  tflite: throughFile(writeTflite, () => litert),
};
