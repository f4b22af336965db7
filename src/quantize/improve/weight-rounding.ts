import { type Graph, isConstant, type Node, type Value } from '../../ir/graph.js';
import type { Tensor } from '../../ir/tensor.js';
import { sizeOf } from '../../ir/types.js';
import { operator } from '../../ops/index.js';
import { CovarianceEngine, Rows, smallCovariance } from './gram.js';
import { type Patches, patchesOf } from './patches.js';
import { type Factor, factor, rescaleFactor, roundRows } from './rounding.js';

/** Longer dot products get their bias corrected but their weights rounded to nearest: the work grows with the cube. */
const longestRounded = 640;
/** Patches that are looked at in all, per input of the dot product, and at least. */
const patchesPerInput = 4;
const fewestPatches = 512;
/** A depthwise filter has a few dozen elements, and as many sets of patches as channels. */
const depthwisePatches = 64;
/** Multiply-accumulates that rounding a model may cost, some tenths of a second; the longest dot products are left out first. */
const roundingBudget = 1.5e8;

/** Weights as integers, and what to add to the bias (in reals) for the error that is left on average. */
export interface Rounded {
  readonly weights: Int8Array;
  readonly biasShift: Float32Array;
}

interface Entry {
  readonly patches: Patches;
  /** One for all filters, or one per channel of a depthwise convolution. */
  readonly rows: Rows[];
  readonly perSample: number;
  readonly scratch: Float64Array;
}

/** What is known of the inputs of a dot product; without a factor weights are rounded to nearest. */
interface Moments {
  readonly mean: Float64Array;
  readonly factor?: Factor;
}

/**
 * Adaptive rounding of the weights of linear operators, fitted to the activations of the float model on calibration
 * samples, with correction of the bias for the mean error (M. Nagel et al., 2019, arXiv:1906.04721, §4.2).
 */
export class WeightRounding {
  private readonly entries = new Map<Node, Entry>();
  private readonly moments = new Map<Node, readonly Moments[]>();
  /** Range methods change scales of weights hardly ever: what was rounded for one serves the next. */
  private readonly rounded = new Map<Node, { scales: Float32Array; rounded: Rounded }>();
  private seen = 0;

  /** @param samples How many samples will be added, to spread the patches over them. */
  constructor(graph?: Graph, samples = 0) {
    for (const node of graph?.nodes ?? []) {
      const rule = operator(node.op).quantize;
      if (
        rule?.kind !== 'weighted' ||
        !isConstant(node.inputs[rule.weight]) ||
        (node.inputs[rule.bias] && !isConstant(node.inputs[rule.bias]))
      )
        continue;
      const patches = patchesOf(node);
      if (!patches) continue;
      const fewest = patches.channels > 1 ? depthwisePatches : fewestPatches;
      const wanted = patches.length <= longestRounded ? Math.max(fewest, patchesPerInput * patches.length) : fewest;
      const perSample = Math.min(patches.positions, Math.ceil(wanted / samples));
      this.entries.set(node, {
        patches,
        rows: Array.from({ length: patches.channels }, () => new Rows(patches.length, perSample * samples)),
        perSample,
        scratch: new Float64Array(patches.length),
      });
    }
  }

  /** Takes patches of one sample. */
  add(values: ReadonlyMap<Value, Tensor>): void {
    this.seen++;
    for (const [node, { patches, rows, perSample, scratch }] of this.entries) {
      const x = values.get(node.inputs[0] as Value);
      if (x?.dtype !== 'float32') continue;
      const data = x.data as Float32Array;
      for (let i = 0; i < perSample; i++) {
        // Golden-ratio steps spread positions evenly and differ from sample to sample.
        const position = Math.floor((((this.seen * perSample + i) * 0.6180339887498949) % 1) * patches.positions);
        for (let c = 0; c < patches.channels; c++) {
          patches.gather(data, position, c, scratch);
          rows[c].add(scratch);
        }
      }
    }
  }

  /** Turns the patches into moments and lets them go; no samples can be added afterwards. */
  async settle(): Promise<void> {
    const engine = new CovarianceEngine();
    const affordable = this.affordable();
    for (const [node, { patches, rows }] of this.entries) {
      const all: Moments[] = [];
      for (const [i, r] of rows.entries()) {
        const mean = r.mean();
        if (!affordable.has(node) || r.count === 0) all.push({ mean });
        else {
          const covariance = patches.channels > 1 ? smallCovariance(r, mean) : await engine.covariance(r, mean);
          all.push({ mean, factor: factor(covariance, patches.length) });
        }
        rows[i] = new Rows(0, 0);
      }
      this.moments.set(node, all);
    }
    this.entries.clear();
    await engine.close();
  }

  /** The nodes whose weights are rounded adaptively: the cheapest first, as long as the budget lasts. */
  private affordable(): Set<Node> {
    const costs = [...this.entries]
      .filter(([, { patches }]) => patches.length <= longestRounded)
      .map(([node, { patches }]) => {
        const n = patches.length;
        const weights = sizeOf((node.inputs[1] as Value).shape);
        return { node, cost: (patches.channels * n ** 3) / 3 + (weights * n) / 2 };
      })
      .sort((a, b) => a.cost - b.cost);
    const out = new Set<Node>();
    let spent = 0;
    for (const { node, cost } of costs) {
      spent += cost;
      if (spent > roundingBudget) break;
      out.add(node);
    }
    return out;
  }

  /**
   * The same for a graph whose activations were divided by known scales: what was gathered is divided as well.
   * @param nodes Original nodes, their counterparts, and the scales of the counterpart's data input.
   */
  rescaled(nodes: Iterable<readonly [Node, Node, Float64Array | undefined]>): WeightRounding {
    const out = new WeightRounding();
    for (const [node, counterpart, scales] of nodes) {
      const moments = this.moments.get(node);
      if (!moments) continue;
      const depthwise = moments.length > 1;
      out.moments.set(counterpart, scales ? moments.map((m, c) => divided(m, depthwise ? scales.subarray(c, c + 1) : scales)) : moments);
    }
    return out;
  }

  /** The weights of a node on the grid of these scales (one, or one per output channel); undefined if the node is not handled. */
  round(node: Node, scales: Float32Array): Rounded | undefined {
    const moments = this.moments.get(node);
    const rule = operator(node.op).quantize;
    if (!moments || rule?.kind !== 'weighted') return undefined;
    const known = this.rounded.get(node);
    if (known?.scales.every((s, i) => s === scales[i])) return known.rounded;
    const w = node.inputs[rule.weight] as Value;
    const rounded = node.op === 'DepthwiseConv2D' ? depthwise(w, moments, scales) : dense(w, moments[0], scales);
    this.rounded.set(node, { scales, rounded });
    return rounded;
  }
}

/** Moments of `x[i] / scales[i mod length]`. */
const divided = (m: Moments, scales: Float64Array): Moments => ({
  mean: m.mean.map((x, i) => x / scales[i % scales.length]),
  factor: m.factor && rescaleFactor(m.factor, scales),
});

/** One covariance for all filters; a filter is a contiguous row. */
function dense(w: Value, { mean, factor: inputs }: Moments, scales: Float32Array): Rounded {
  const n = mean.length;
  const filters = w.shape[0];
  const from = w.data as Float32Array;
  const scaleOf = (f: number): number => scales[scales.length === 1 ? 0 : f];
  const rows = new Float64Array(from.length);
  for (let f = 0; f < filters; f++) for (let i = f * n; i < (f + 1) * n; i++) rows[i] = from[i] / scaleOf(f);
  roundRows(rows, n, inputs);
  const biasShift = new Float32Array(filters);
  for (let f = 0; f < filters; f++) {
    let shift = 0;
    for (let i = 0; i < n; i++) shift += (from[f * n + i] - rows[f * n + i] * scaleOf(f)) * mean[i];
    biasShift[f] = shift;
  }
  return { weights: Int8Array.from(rows), biasShift };
}

/** Filters [1, kh, kw, C·m]: output channel o belongs to input channel floor(o / m), with that channel's covariance. */
function depthwise(w: Value, moments: readonly Moments[], scales: Float32Array): Rounded {
  const n = moments[0].mean.length;
  const outputs = w.shape[3];
  const multiplier = outputs / moments.length;
  const from = w.data as Float32Array;
  const weights = new Int8Array(sizeOf(w.shape));
  const biasShift = new Float32Array(outputs);
  const row = new Float64Array(n);
  for (let o = 0; o < outputs; o++) {
    const { mean, factor: inputs } = moments[Math.floor(o / multiplier)];
    const scale = scales[scales.length === 1 ? 0 : o];
    for (let i = 0; i < n; i++) row[i] = from[i * outputs + o] / scale;
    roundRows(row, n, inputs);
    for (let i = 0; i < n; i++) {
      weights[i * outputs + o] = row[i];
      biasShift[o] += (from[i * outputs + o] - row[i] * scale) * mean[i];
    }
  }
  return { weights, biasShift };
}
