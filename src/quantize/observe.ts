import type { Dataset } from '../data/types.js';
import { ModelError } from '../errors.js';
import { type Graph, isConstant, type Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { loadGraph } from '../runtime/float.js';
import { Statistics } from './statistics.js';

/** Called after each sample with how many are done; throw from it to stop. */
export type Progress = (done: number, total: number) => void;

/** The float model with every activation exposed, loaded into a runtime. */
export interface Probe {
  /** Activations in the order in which {@link Probe.run} gives them; the model's outputs come first. */
  readonly values: readonly Value[];
  readonly runtime: string;
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  close(): Promise<void>;
}

/** Every float tensor that the graph computes, outputs first, each once. */
function activations(graph: Graph): Value[] {
  const all = new Set<Value>(graph.outputs.filter((v) => !isConstant(v) && !graph.inputs.includes(v)));
  for (const node of graph.nodes) for (const v of node.outputs) if (v.dtype === 'float32') all.add(v);
  return [...all];
}

/** Loads the float graph with some of its activations as outputs, all by default. */
export async function openProbe(graph: Graph, values: readonly Value[] = activations(graph)): Promise<Probe> {
  const session = await loadGraph({ ...graph, outputs: values });
  return { values, runtime: session.runtime, run: (inputs) => session.run(inputs), close: () => session.close() };
}

/** The sample's tensors in the order of the graph's inputs. */
export const ordered = (graph: Graph, inputs: Readonly<Record<string, Tensor>>): Tensor[] => graph.inputs.map((v) => inputs[v.name]);

export interface ObserveOptions {
  /** Keep histograms as well as extremes; every range method but min-max needs them. */
  readonly histograms: boolean;
  /** Sees the float tensors of each sample; they are gone afterwards. */
  readonly each?: (values: ReadonlyMap<Value, Tensor>) => void;
  readonly progress?: Progress;
}

/**
 * Runs the calibration samples and gathers the statistics of every activation and input. Nothing but the statistics is kept:
 * memory does not grow with the number of samples.
 * Throws ModelError naming the sample and tensor where a value is NaN or infinite.
 */
export async function observe(graph: Graph, probe: Probe, data: Dataset, options: ObserveOptions): Promise<Map<Value, Statistics>> {
  const statistics = new Map<Value, Statistics>();
  const of = (v: Value): Statistics => {
    const known = statistics.get(v) ?? new Statistics(options.histograms);
    statistics.set(v, known);
    return known;
  };
  for (let i = 0; i < data.size; i++) {
    const sample = await data.read(i);
    const inputs = ordered(graph, sample.inputs);
    const outputs = await probe.run(inputs);
    const add = (v: Value, t: Tensor): void => {
      if (t.dtype !== 'float32') return;
      const bad = of(v).add(t.data as Float32Array);
      if (bad < 0) return;
      throw new ModelError(
        `Sample '${sample.name}' makes '${v.name}' ${t.data[bad]} at element ${bad}. A model whose activations overflow cannot be quantized; check the preprocessing (--mean, --std) and the sample.`,
      );
    };
    const values = new Map<Value, Tensor>([...graph.inputs.entries()].map(([k, v]) => [v, inputs[k]]));
    probe.values.forEach((v, k) => {
      values.set(v, outputs[k]);
    });
    for (const [v, t] of values) add(v, t);
    options.each?.(values);
    options.progress?.(i + 1, data.size);
  }
  return statistics;
}
