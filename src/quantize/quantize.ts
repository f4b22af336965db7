import type { Dataset } from '../data/types.js';
import { ModelError } from '../errors.js';
import type { Graph, Node, Value } from '../ir/graph.js';
import { isConstant } from '../ir/graph.js';
import { verify } from '../ir/verify.js';
import { inferNode } from '../ops/evaluate.js';
import type { ComparisonResult } from '../runtime/compare.js';
import { applyPlan } from './apply.js';
import { chooseMethod, type MethodScore } from './choose-method.js';
import { WeightRounding } from './improve/weight-rounding.js';
import { keepFloatMatcher } from './keep-float.js';
import { observe, openProbe, type Probe } from './observe.js';
import type { Range } from './params.js';
import { type KeptFloat, type Plan, plan } from './plan.js';
import { chooseRange, type RangeMethod } from './ranges.js';
import { type IoType, needsCalibration, type Scheme } from './schemes.js';
import type { Statistics } from './statistics.js';
import { openTarget, type Target, writeTarget } from './targets.js';
import { compareLayers, compareWith, type LayerSqnr, type Reference, references } from './verify.js';
import { quantizeDynamic, quantizeFloat16 } from './weights-only.js';

export interface QuantizeGraphOptions {
  readonly scheme: Scheme;
  readonly io: IoType;
  /** `auto` tries every method on held-out samples and keeps the best. */
  readonly ranges: RangeMethod | 'auto';
  /** Weights of fully connected layers with one scale per tensor, for older runtimes and some NPUs. */
  readonly fullyConnectedPerTensor: boolean;
  /** Glob patterns of nodes that stay in float. */
  readonly keepFloat: readonly string[];
  /** Round weights so that layer outputs, not single weights, are closest (adaptive rounding). */
  readonly adaptiveRounding: boolean;
  readonly targets: readonly Target[];
  /** What is being done, and how far it is: `done` of `total` samples. */
  readonly progress?: (stage: Stage, done: number, total: number) => void;
}

export type Stage = 'calibrate' | 'reference' | 'ranges' | 'weights' | 'verify';

export interface QuantizedTarget {
  readonly target: Target;
  readonly bytes: Uint8Array;
  /** The runtime that ran it for the comparison. */
  readonly runtime: string;
  readonly comparison: ComparisonResult;
}

export interface QuantizedGraph {
  readonly graph: Graph;
  readonly targets: readonly QuantizedTarget[];
  /** The runtime that ran the float model. */
  readonly floatRuntime: string;
  /** The range method that was used; absent for schemes without calibration. */
  readonly ranges?: RangeMethod;
  /** What `auto` measured. */
  readonly methodScores?: readonly MethodScore[];
  readonly keptFloat: readonly KeptFloat[];
  /** Fidelity of each activation of the first target's file, in graph order. */
  readonly layers: readonly LayerSqnr[];
}

/** For how many held-out samples every activation is compared. */
const layerSamples = 2;

/**
 * Quantizes a prepared graph, writes it for each target, runs each file and compares it with the float model.
 * @param calibration Samples that ranges and weights are fitted on; may be absent for `dynamic` and `float16`.
 * @param heldOut Samples that the result is judged on.
 * Throws ModelError where a runtime refuses the result or activations overflow; UnsupportedError where a target lacks an operator.
 */
export async function quantizeGraph(
  graph: Graph,
  calibration: Dataset | undefined,
  heldOut: Dataset,
  options: QuantizeGraphOptions,
): Promise<QuantizedGraph> {
  const probe = await openProbe(graph);
  try {
    const keep = keepFloatMatcher(graph, options.keepFloat);
    const perTensorWeights = (node: Node): boolean => options.fullyConnectedPerTensor && node.op === 'FullyConnected';
    if (!needsCalibration(options.scheme)) {
      const refs = await takeReferences(graph, probe, heldOut, options);
      const skip = (node: Node): boolean => keep(node) !== undefined;
      const quantized = options.scheme === 'dynamic' ? quantizeDynamic(graph, skip, perTensorWeights) : quantizeFloat16(graph, skip);
      return await finish(graph, quantized, probe, refs, [], options);
    }
    if (!calibration || calibration.size === 0)
      throw new ModelError('There are no calibration samples: int8 needs some to see the ranges of activations.');
    const rounding = options.adaptiveRounding ? new WeightRounding(graph, calibration.size) : undefined;
    const statistics = await observe(graph, probe, calibration, {
      histograms: options.ranges !== 'minmax',
      each: rounding && ((values) => rounding.add(values)),
      progress: (done, total) => options.progress?.('calibrate', done, total),
    });
    const refs = await takeReferences(graph, probe, heldOut, options);
    await probe.close();
    const planFor = (method: RangeMethod): Plan =>
      plan(graph, options.scheme === 'int8' ? 'int8' : 'int16', rangesBy(statistics, method), keep);
    const applied = (p: Plan, adaptive: boolean): Graph =>
      applyPlan(graph, p, { io: options.io, perTensorWeights, ...(adaptive && rounding ? { round: (n, s) => rounding.round(n, s) } : {}) });
    const scores =
      options.ranges === 'auto'
        ? await chooseMethod(
            graph,
            refs,
            options.targets[0],
            (m) => applied(planFor(m), false),
            (done, total) => options.progress?.('ranges', done, total),
          )
        : undefined;
    const method = scores ? scores[0].method : (options.ranges as RangeMethod);
    const chosen = planFor(method);
    options.progress?.('weights', 0, 1);
    const quantized = applied(chosen, true);
    const result = await finish(graph, quantized, probe, refs, chosen.keptFloat, options);
    return { ...result, ranges: method, ...(scores && { methodScores: scores }) };
  } finally {
    await probe.close();
  }
}

const takeReferences = (graph: Graph, probe: Probe, heldOut: Dataset, options: QuantizeGraphOptions): Promise<Reference[]> =>
  references(graph, probe, heldOut, layerSamples, (done, total) => options.progress?.('reference', done, total));

const rangesBy = (statistics: ReadonlyMap<Value, Statistics>, method: RangeMethod): ((v: Value) => Range) => {
  const known = new Map<Value, Range>();
  return (v) => {
    const range = known.get(v) ?? chooseRange(statistics.get(v) as Statistics, method);
    known.set(v, range);
    return range;
  };
};

/** Writes, runs and compares every target. */
async function finish(
  graph: Graph,
  quantized: Graph,
  probe: Probe,
  refs: readonly Reference[],
  keptFloat: readonly KeptFloat[],
  options: QuantizeGraphOptions,
): Promise<QuantizedGraph> {
  verify(quantized, inferNode, 'quantization');
  const targets: QuantizedTarget[] = [];
  for (const target of options.targets) {
    const bytes = await writeTarget(target, quantized);
    const session = await openTarget(target, bytes);
    const comparison = await compareWith(session, graph, refs, (done, total) => options.progress?.('verify', done, total));
    targets.push({ target, bytes, runtime: session.runtime, comparison });
    await session.close();
  }
  const exposed = { ...quantized, outputs: quantized.nodes.flatMap((n) => n.outputs).filter((v) => !isConstant(v)) };
  const layered = await openTarget(options.targets[0], await writeTarget(options.targets[0], exposed));
  const layers = await compareLayers(layered, graph, probe, refs);
  await layered.close();
  return { graph: quantized, targets, floatRuntime: probe.runtime, keptFloat, layers };
}
