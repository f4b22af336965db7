import type { Dataset } from '../data/types.js';
import type { Graph, Node, Value } from '../ir/graph.js';
import { applyPlan } from './apply.js';
import { absorbs } from './improve/channel-groups.js';
import { ChannelMoments, equalize } from './improve/equalize.js';
import { WeightRounding } from './improve/weight-rounding.js';
import { observe, type Probe, type Progress } from './observe.js';
import type { Range } from './params.js';
import { type Plan, plan } from './plan.js';
import { chooseRange, type RangeMethod } from './ranges.js';
import type { IoType } from './schemes.js';
import { Statistics } from './statistics.js';

export interface CalibrateOptions {
  readonly type: 'int8' | 'int16';
  readonly io: IoType;
  readonly histograms: boolean;
  readonly adaptiveRounding: boolean;
  /** Gather what evening out the channels needs as well. */
  readonly moments: boolean;
  readonly keep: (node: Node) => string | undefined;
  readonly perTensorWeights: (node: Node) => boolean;
  readonly progress?: Progress;
}

/** A float graph with all that calibration found out: from here quantized versions of it are cheap. */
export class Calibrated {
  readonly graph: Graph;
  readonly moments?: ChannelMoments;
  private readonly statistics: ReadonlyMap<Value, Statistics>;
  private readonly rounding: WeightRounding | undefined;
  private readonly options: CalibrateOptions;

  private constructor(
    graph: Graph,
    statistics: ReadonlyMap<Value, Statistics>,
    options: CalibrateOptions,
    rounding?: WeightRounding,
    moments?: ChannelMoments,
  ) {
    this.graph = graph;
    this.statistics = statistics;
    this.options = options;
    this.rounding = rounding;
    this.moments = moments;
  }

  /** Runs the samples through the probe of `graph`. Throws what `observe` throws. */
  static async run(graph: Graph, probe: Probe, data: Dataset, options: CalibrateOptions): Promise<Calibrated> {
    const rounding = options.adaptiveRounding ? new WeightRounding(graph, data.size) : undefined;
    const moments = options.moments ? new ChannelMoments(graph) : undefined;
    const statistics = await observe(graph, probe, data, {
      histograms: options.histograms,
      each: (values) => {
        rounding?.add(values);
        moments?.add(values);
      },
      progress: options.progress,
    });
    await rounding?.settle();
    return new Calibrated(graph, statistics, options, rounding, moments);
  }

  /**
   * The same with the channels of activations evened out, without running anything again; undefined where nothing can be.
   * Of the values that were scaled only the extremes are known, so every range method is min-max for them.
   */
  equalized(): { readonly calibrated: Calibrated; readonly scales: ReadonlyMap<string, Float64Array> } | undefined {
    const { moments } = this;
    const even = moments && equalize(this.graph, moments);
    if (!moments || !even) return undefined;
    const statistics = new Map<Value, Statistics>();
    for (const [v, s] of this.statistics) {
      const scales = even.scaleOf.get(v);
      statistics.set(even.copyOf.get(v) as Value, scales ? Statistics.ofRange(moments.range(v, scales)) : s);
    }
    const pairs = this.graph.nodes.map(
      (n, i) => [n, even.graph.nodes[i], absorbs(n) ? even.scaleOf.get(n.inputs[0] as Value) : undefined] as const,
    );
    const calibrated = new Calibrated(even.graph, statistics, this.options, this.rounding?.rescaled(pairs));
    return { calibrated, scales: new Map([...even.scaleOf].map(([v, scales]) => [v.name, scales])) };
  }

  plan(method: RangeMethod): Plan {
    const known = new Map<Value, Range>();
    const range = (v: Value): Range => {
      const r = known.get(v) ?? chooseRange(this.statistics.get(v) as Statistics, method);
      known.set(v, r);
      return r;
    };
    return plan(this.graph, this.options.type, range, this.options.keep);
  }

  apply(p: Plan): Graph {
    const { io, perTensorWeights } = this.options;
    const { rounding } = this;
    return applyPlan(this.graph, p, { io, perTensorWeights, ...(rounding && { round: (node, scales) => rounding.round(node, scales) }) });
  }
}
