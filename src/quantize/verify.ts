import type { Dataset } from '../data/types.js';
import type { Graph, Value } from '../ir/graph.js';
import { isConstant } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { Comparison, type ComparisonResult, dequantize, Sqnr, toPort } from '../runtime/compare.js';
import type { Session } from '../runtime/types.js';
import { ordered, type Probe, type Progress } from './observe.js';

/** Float outputs (and optionally all activations) of samples, to compare several quantized files with. */
export interface Reference {
  readonly inputs: Tensor[];
  readonly outputs: Float32Array[];
  readonly activations?: Float32Array[];
  readonly label?: number;
}

/**
 * Runs the float model once per sample. @param values What is kept of each: outputs, or other activations of the probe. @param keepActivations For how many samples every activation is kept. */
export async function references(
  values: readonly Value[],
  graph: Graph,
  probe: Probe,
  data: Dataset,
  keepActivations = 0,
  progress?: Progress,
): Promise<Reference[]> {
  const out: Reference[] = [];
  for (let i = 0; i < data.size; i++) {
    const sample = await data.read(i);
    const inputs = ordered(graph, sample.inputs);
    const results = await probe.run(inputs);
    const floats = values.map((v) => asFloat(v, inputs, results, graph, probe));
    const activations =
      i < keepActivations ? results.map((t) => (t.dtype === 'float32' ? (t.data as Float32Array) : new Float32Array())) : undefined;
    out.push({ inputs, outputs: floats, ...(activations && { activations }), ...(sample.label !== undefined && { label: sample.label }) });
    progress?.(i + 1, data.size);
  }
  return out;
}

/** An output of the graph may be an input or a constant, which no runtime needs to compute. */
function asFloat(v: Value, inputs: readonly Tensor[], results: readonly Tensor[], graph: Graph, probe: Probe): Float32Array {
  const t = isConstant(v) ? (v as Tensor) : graph.inputs.includes(v) ? inputs[graph.inputs.indexOf(v)] : results[probe.values.indexOf(v)];
  return dequantize(t, undefined);
}

/** Runs a quantized file on the reference samples and compares. */
export async function compareWith(
  session: Session,
  values: readonly Value[],
  refs: readonly Reference[],
  progress?: Progress,
): Promise<ComparisonResult> {
  const comparison = new Comparison(values, session.inputs);
  for (const [i, ref] of refs.entries()) {
    const got = await session.run(session.inputs.map((port, k) => toPort(ref.inputs[k], port)));
    comparison.add(
      ref.outputs,
      got.map((t, k) => dequantize(t, session.outputs[k].quant)),
      ref.label,
    );
    progress?.(i + 1, refs.length);
  }
  return comparison.result();
}

/** One activation's fidelity. */
export interface LayerSqnr {
  /** Name of the value, and the operator that makes it. */
  readonly name: string;
  readonly op: string;
  /** dB against the float model. */
  readonly sqnr: number;
}

/**
 * Fidelity of every activation that both models have under one name, in the order of the graph.
 * @param session The quantized model with its activations as outputs.
 * @param scales By what channels of a value were divided before it was quantized.
 */
export async function compareLayers(
  session: Session,
  graph: Graph,
  probe: Probe,
  refs: readonly Reference[],
  scales?: ReadonlyMap<string, Float64Array>,
): Promise<LayerSqnr[]> {
  const index = new Map(probe.values.map((v, i) => [v.name, i]));
  const sqnrs = new Map<string, Sqnr>();
  for (const ref of refs) {
    if (!ref.activations) continue;
    const got = await session.run(session.inputs.map((port, k) => toPort(ref.inputs[k], port)));
    session.outputs.forEach((port, k) => {
      const at = index.get(port.name);
      if (at === undefined) return;
      const s = sqnrs.get(port.name) ?? new Sqnr();
      sqnrs.set(port.name, s);
      s.add((ref.activations as Float32Array[])[at], multiplied(dequantize(got[k], port.quant), scales?.get(port.name)));
    });
  }
  return graph.nodes.flatMap((n) =>
    n.outputs.flatMap((v) => {
      const s = sqnrs.get(v.name);
      return s ? [{ name: v.name, op: n.op, sqnr: s.decibels }] : [];
    }),
  );
}

const multiplied = (x: Float32Array, scales: Float64Array | undefined): Float32Array =>
  scales ? x.map((v, i) => v * scales[i % scales.length]) : x;
