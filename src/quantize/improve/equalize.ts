import { cloneWith } from '../../ir/clone.js';
import { allValues, type Graph, GraphView, type Node, type Value } from '../../ir/graph.js';
import { applyPatch } from '../../ir/patch.js';
import type { Tensor } from '../../ir/tensor.js';
import { Names } from '../../ops/node-builder.js';
import type { Range } from '../params.js';
import { absorbs, type ChannelGroup, channelGroups } from './channel-groups.js';

/** A channel is lifted to at most this many times its size: what is hardly ever seen should not be blown up. */
const strongest = 64;
/** How much of the possible evening out is tried: channel sizes to these powers. */
const strengths = [0, 0.25, 0.5, 0.75, 1];

interface Moments {
  /** Extremes per channel. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Sum of squares per channel. */
  readonly power: Float64Array;
  count: number;
}

/** Size and power of each channel of each value that {@link equalize} may scale, streamed over samples. */
export class ChannelMoments {
  readonly groups: readonly ChannelGroup[];
  private readonly moments: ReadonlyMap<Value, Moments>;

  constructor(graph: Graph) {
    this.groups = channelGroups(graph);
    const fresh = (c: number): Moments => ({ min: new Float64Array(c), max: new Float64Array(c), power: new Float64Array(c), count: 0 });
    this.moments = new Map(this.groups.flatMap((g) => g.values.map((v) => [v, fresh(g.channels)])));
  }

  add(values: ReadonlyMap<Value, Tensor>): void {
    for (const [v, m] of this.moments) {
      const data = values.get(v)?.data as Float32Array;
      const { min, max, power } = m;
      const c = power.length;
      m.count += data.length / c;
      for (let i = 0, k = 0; i < data.length; i++) {
        const x = data[i];
        if (x < min[k]) min[k] = x;
        else if (x > max[k]) max[k] = x;
        power[k] += x * x;
        if (++k === c) k = 0;
      }
    }
  }

  /** Largest magnitude per channel. */
  reach(v: Value): Float64Array {
    const { min, max } = this.moments.get(v) as Moments;
    return max.map((m, c) => Math.max(m, -min[c]));
  }

  /** The range of the whole value once channel c is divided by `scales[c]`. */
  range(v: Value, scales: Float64Array): Range {
    const { min, max } = this.moments.get(v) as Moments;
    return { min: min.reduce((m, x, c) => Math.min(m, x / scales[c]), 0), max: max.reduce((m, x, c) => Math.max(m, x / scales[c]), 0) };
  }

  /** Mean square per channel. */
  power(v: Value): Float64Array {
    const { power, count } = this.moments.get(v) as Moments;
    return power.map((p) => p / Math.max(count, 1));
  }
}

/** The size of each channel of a group in relation to its largest, in (0, 1]; the mean over the group's values. */
function relativeSizes(group: ChannelGroup, moments: ChannelMoments): Float64Array {
  const out = new Float64Array(group.channels);
  for (const v of group.values) {
    const reach = moments.reach(v);
    const largest = reach.reduce((a, b) => Math.max(a, b), 0);
    for (let k = 0; k < out.length; k++) out[k] += (largest > 0 ? Math.max(reach[k] / largest, 1 / strongest) : 1) / group.values.length;
  }
  return out;
}

/** The scales of a group that promise the least noise, or undefined if that is to leave it alone. */
function bestScales(group: ChannelGroup, moments: ChannelMoments, view: GraphView): Float64Array | undefined {
  const sizes = relativeSizes(group, moments);
  let best: Float64Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const strength of strengths) {
    const scales = sizes.map((s) => s ** strength);
    const noise = group.values.reduce((sum, v) => sum + relativeNoise(v, scales, moments, view), 0);
    if (noise < least) {
      least = noise;
      best = strength === 0 ? undefined : scales;
    }
  }
  return best;
}

/** Noise over signal that quantizing a value and the filters that read it makes, summed over its readers. */
function relativeNoise(v: Value, scales: Float64Array, moments: ChannelMoments, view: GraphView): number {
  const reach = moments.reach(v);
  const power = moments.power(v);
  const step = reach.reduce((m, r, c) => Math.max(m, r / scales[c]), 0) / 255;
  const rounding = step ** 2 / 12;
  let total = 0;
  for (const node of view.consumers(v)) {
    if (!absorbs(node)) {
      total +=
        (rounding * scales.reduce((n, s) => n + s * s, 0)) /
        Math.max(
          power.reduce((a, b) => a + b, 0),
          1e-30,
        );
      continue;
    }
    total += filterNoise(node, scales, power, rounding);
  }
  return total;
}

function filterNoise(node: Node, scales: Float64Array, power: Float64Array, rounding: number): number {
  const w = node.inputs[1] as Value;
  const data = w.data as Float32Array;
  const depthwise = node.op === 'DepthwiseConv2D';
  const last = w.shape.at(-1) as number;
  const c = scales.length;
  const multiplier = depthwise ? last / c : 1;
  const perFilter = depthwise ? data.length : data.length / w.shape[0];
  let fromInput = 0;
  let fromWeights = 0;
  let signal = 0;
  for (let start = 0; start < data.length; start += perFilter) {
    let largest = 0;
    let inputs = 0;
    for (let i = start; i < start + perFilter; i++) {
      const k = depthwise ? Math.floor((i % last) / multiplier) : (i % last) % c;
      const scaled = data[i] * scales[k];
      fromInput += scaled * scaled;
      signal += data[i] * data[i] * power[k];
      inputs += power[k] / (scales[k] * scales[k]);
      if (Math.abs(scaled) > largest) largest = Math.abs(scaled);
    }
    // A depthwise filter has a scale per channel, which takes up whatever the channel is scaled by.
    if (!depthwise) fromWeights += (largest / 127) ** 2 * inputs;
  }
  return (rounding * fromInput + fromWeights / 12) / Math.max(signal, 1e-30);
}

/** A graph with its channels evened out, and how it hangs together with the one before. */
export interface Equalized {
  /** Nodes in the order of the original's. */
  readonly graph: Graph;
  readonly copyOf: ReadonlyMap<Value, Value>;
  /** By what the channels of an original value were divided. */
  readonly scaleOf: ReadonlyMap<Value, Float64Array>;
}

/**
 * The same model with every channel of an activation filling the range that the largest one needs: each is divided by its
 * relative size, and the filters that make and read it make up for it. One scale per tensor then serves all channels.
 * After cross-layer equalization (M. Nagel et al., 2019, arXiv:1906.04721, §4.1), but by the reach of activations, because
 * filters have a scale per channel of their own. Returns undefined where nothing can be scaled.
 */
export function equalize(graph: Graph, moments: ChannelMoments): Equalized | undefined {
  const view = new GraphView(graph);
  const scaleOf = new Map<Value, Float64Array>();
  for (const group of moments.groups) {
    const scales = bestScales(group, moments, view);
    if (scales) for (const v of group.values) scaleOf.set(v, scales);
  }
  if (scaleOf.size === 0) return undefined;
  const names = new Names();
  for (const v of allValues(graph)) names.take(v.name);
  const { graph: out, copyOf } = cloneWith(graph);
  graph.nodes.forEach((node, i) => {
    const into = absorbs(node) ? scaleOf.get(node.inputs[0] as Value) : undefined;
    const from = absorbs(node) ? scaleOf.get(node.outputs[0]) : undefined;
    if (!into && !from) return;
    const copy = out.nodes[i];
    applyPatch(out, { remove: [copy], insert: [{ ...copy, inputs: rescaled(node, into, from, names, copyOf) }] });
  });
  return { graph: out, copyOf, scaleOf };
}

function rescaled(
  node: Node,
  into: Float64Array | undefined,
  from: Float64Array | undefined,
  names: Names,
  copyOf: ReadonlyMap<Value, Value>,
): (Value | null)[] {
  const [x, w, b] = node.inputs as readonly [Value, Value, Value | null];
  const data = w.data as Float32Array;
  const out = new Float32Array(data.length);
  const last = w.shape.at(-1) as number;
  const perFilter = data.length / w.shape[0];
  const depthwise = node.op === 'DepthwiseConv2D';
  const multiplier = depthwise ? last / (x.shape.at(-1) as number) : 1;
  for (let i = 0; i < out.length; i++) {
    const inner = i % last;
    const channelIn = depthwise ? Math.floor(inner / multiplier) : inner;
    const channelOut = depthwise ? inner : Math.floor(i / perFilter);
    out[i] = (data[i] * (into ? into[channelIn % into.length] : 1)) / (from ? from[channelOut % from.length] : 1);
  }
  const weights: Value = { name: names.take(`${w.name}_equalized`), dtype: 'float32', shape: w.shape, data: out };
  if (!b || !from) return [copyOf.get(x) as Value, weights, b && (copyOf.get(b) as Value)];
  const shifted = (b.data as Float32Array).map((v, o) => v / from[o % from.length]);
  return [copyOf.get(x) as Value, weights, { name: names.take(`${b.name}_equalized`), dtype: 'float32', shape: b.shape, data: shifted }];
}
