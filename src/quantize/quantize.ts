import type { Dataset } from '../data/types.js';
import { ModelError } from '../errors.js';
import { type Graph, isConstant, type Node } from '../ir/graph.js';
import { verify } from '../ir/verify.js';
import { inferNode } from '../ops/evaluate.js';
import type { ComparisonResult } from '../runtime/compare.js';
import { Calibrated } from './calibrate.js';
import { type Candidate, choiceValues, chooseMethod, type MethodScore } from './choose-method.js';
import { graphMacs } from './cost.js';
import { keepFloatMatcher } from './keep-float.js';
import { openProbe, type Probe, type Progress } from './observe.js';
import type { KeptFloat } from './plan.js';
import { type RangeMethod, rangeMethods } from './ranges.js';
import { type IoType, needsCalibration, type Scheme } from './schemes.js';
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
  /** Even out the channels of activations first (`improve/equalize.ts`). */
  readonly equalize: boolean;
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
  /** Whether the channels of activations were evened out. */
  readonly equalized?: boolean;
  /** What was tried, best first. */
  readonly methodScores?: readonly MethodScore[];
  readonly keptFloat: readonly KeptFloat[];
  /** Fidelity of each activation of the first target's file, in graph order. */
  readonly layers: readonly LayerSqnr[];
}

/** For how many held-out samples every activation is compared. */
const layerSamples = 2;
/** Evening out channels takes headroom from those that calibration saw little of; it has to be better by this much, in dB. */
const equalizeMargin = 0.5;
/** Multiply-accumulates that trying candidates may cost: about half a second of LiteRT on a laptop. */
const trialBudget = 2e9;

export interface GraphSamples {
  /** Samples that ranges and weights are fitted on; may be absent for `dynamic` and `float16`. */
  readonly calibration?: Dataset;
  /** Samples that `ranges: 'auto'` chooses by; absent: `heldOut`. */
  readonly choice?: Dataset;
  /** Samples that the result is judged on. */
  readonly heldOut: Dataset;
}

/**
 * Quantizes a prepared graph, writes it for each target, runs each file and compares it with the float model.
 * Throws ModelError where a runtime refuses the result or activations overflow; UnsupportedError where a target lacks an operator.
 */
export async function quantizeGraph(graph: Graph, samples: GraphSamples, options: QuantizeGraphOptions): Promise<QuantizedGraph> {
  const keep = keepFloatMatcher(graph, options.keepFloat);
  const perTensorWeights = (node: Node): boolean => options.fullyConnectedPerTensor && node.op === 'FullyConnected';
  if (needsCalibration(options.scheme)) return quantizeInteger(graph, samples, keep, perTensorWeights, options);
  const skip = (node: Node): boolean => keep(node) !== undefined;
  const quantized = options.scheme === 'dynamic' ? quantizeDynamic(graph, skip, perTensorWeights) : quantizeFloat16(graph, skip);
  const probe = await openProbe(graph);
  try {
    const refs = await references(graph.outputs, graph, probe, samples.heldOut, layerSamples, progressOf(options, 'reference'));
    return await finish(graph, quantized, probe, refs, [], options);
  } finally {
    await probe.close();
  }
}

const progressOf =
  (options: QuantizeGraphOptions, stage: Stage): Progress =>
  (done, total) =>
    options.progress?.(stage, done, total);

async function quantizeInteger(
  graph: Graph,
  { calibration, choice, heldOut }: GraphSamples,
  keep: (node: Node) => string | undefined,
  perTensorWeights: (node: Node) => boolean,
  options: QuantizeGraphOptions,
): Promise<QuantizedGraph> {
  if (!calibration || calibration.size === 0)
    throw new ModelError('There are no calibration samples: int8 needs some to see the ranges of activations.');
  const trials = planTrials(graph, (choice ?? heldOut).size, options);
  const shared = {
    type: options.scheme === 'int8' ? ('int8' as const) : ('int16' as const),
    io: options.io,
    histograms: trials.methods.some((m) => m !== 'minmax'),
    adaptiveRounding: options.adaptiveRounding,
    keep,
    perTensorWeights,
  };
  const values = choiceValues(graph);
  const probe = await openProbe(graph);
  let plain: Calibrated;
  let refs: Reference[];
  let choiceRefs: Reference[];
  try {
    plain = await Calibrated.run(graph, probe, calibration, {
      ...shared,
      moments: trials.equalize,
      progress: progressOf(options, 'calibrate'),
    });
    refs = await references(graph.outputs, graph, probe, heldOut, layerSamples, progressOf(options, 'reference'));
    const some = (choice ?? heldOut).subset(Array.from({ length: trials.samples }, (_, i) => i));
    choiceRefs = trials.samples > 0 ? await references(values, graph, probe, some) : [];
  } finally {
    await probe.close();
  }
  const even = plain.equalized();
  const ways = [
    ...trials.methods.map((method) => ({ method, from: plain })),
    ...(even ? evenMethods(trials.methods).map((method) => ({ method, from: even.calibrated })) : []),
  ];
  const candidates = ways.map((w) => ({ ...w, equalized: w.from !== plain, build: () => w.from.apply(w.from.plan(w.method)) }));
  const tried =
    candidates.length > 1 && choiceRefs.length > 0 && values.length > 0
      ? await chooseMethod(values, choiceRefs, options.targets[0], candidates, progressOf(options, 'ranges'))
      : [];
  const best = (tried.length > 0 ? pick(tried) : candidates[0]) as (typeof candidates)[number];
  const plan = best.from.plan(best.method);
  const result = await finish(
    best.from.graph,
    best.from.apply(plan),
    probe,
    refs,
    plan.keptFloat,
    options,
    best.equalized ? even?.scales : undefined,
  );
  return {
    ...result,
    ranges: best.method,
    equalized: best.equalized,
    ...(tried.length > 0 && { methodScores: tried.map((t) => t.score) }),
  };
}

/** Scaled values are known by their extremes only, so that more methods would say the same. */
const evenMethods = (methods: readonly RangeMethod[]): readonly RangeMethod[] => methods.filter((m, i) => i === 0 || m === 'mse');

/** The best candidate, but an equalized one only where it is clearly better. */
function pick(tried: readonly { readonly score: MethodScore; readonly candidate: Candidate }[]): Candidate {
  const [first] = tried;
  const plain = tried.find((t) => !t.score.equalized);
  return (plain && first.score.equalized && first.score.sqnr < plain.score.sqnr + equalizeMargin ? plain : first).candidate;
}

/** All range methods, and two with channels evened out. */
const mostWays = rangeMethods.length + 2;

/** What is affordable to try: `auto` on a large model tries fewer ways on fewer samples. */
function planTrials(
  graph: Graph,
  available: number,
  options: QuantizeGraphOptions,
): { methods: readonly RangeMethod[]; equalize: boolean; samples: number } {
  const macs = Math.max(graphMacs(graph), 1);
  const affordable = (ways: number): number => Math.min(available, Math.floor(trialBudget / (ways * macs)));
  if (options.ranges !== 'auto') {
    const samples = options.equalize ? affordable(2) : 0;
    return { methods: [options.ranges], equalize: samples > 0, samples };
  }
  if (options.equalize && affordable(mostWays) >= 2) return { methods: rangeMethods, equalize: true, samples: affordable(mostWays) };
  if (affordable(rangeMethods.length) >= 1) return { methods: rangeMethods, equalize: false, samples: affordable(rangeMethods.length) };
  return { methods: affordable(2) >= 1 ? ['minmax', 'mse'] : ['minmax'], equalize: false, samples: affordable(2) };
}

/** Writes, runs and compares every target. */
async function finish(
  graph: Graph,
  quantized: Graph,
  probe: Probe,
  refs: readonly Reference[],
  keptFloat: readonly KeptFloat[],
  options: QuantizeGraphOptions,
  scales?: ReadonlyMap<string, Float64Array>,
): Promise<QuantizedGraph> {
  verify(quantized, inferNode, 'quantization');
  const targets: QuantizedTarget[] = [];
  for (const target of options.targets) {
    const bytes = await writeTarget(target, quantized);
    const session = await openTarget(target, bytes, quantized);
    const comparison = await compareWith(session, graph.outputs, refs, (done, total) => options.progress?.('verify', done, total));
    targets.push({ target, bytes, runtime: session.runtime, comparison });
    await session.close();
  }
  const exposed = { ...quantized, outputs: quantized.nodes.flatMap((n) => n.outputs).filter((v) => !isConstant(v)) };
  const layered = await openTarget(options.targets[0], await writeTarget(options.targets[0], exposed), exposed);
  const layers = await compareLayers(layered, graph, probe, refs, scales);
  await layered.close();
  return { graph: quantized, targets, floatRuntime: probe.runtime, keptFloat, layers };
}
