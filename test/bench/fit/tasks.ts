import { type LayerWork, layersOf, type Term, totalWork, type Work } from '../../../src/bench/estimate/work.js';
import { load } from '../../../src/formats/index.js';
import type { Graph, Value } from '../../../src/ir/graph.js';
import { shared } from '../../shared.js';

/** Files of MLPerf Tiny's tasks; their names are those of reference/tflm. */
export const files = { kws: 'kws_dscnn', vww: 'vww_mobilenet', ic: 'ic_resnet8', ad: 'ad_autoencoder', sww: 'sww_conv' } as const;
export type Task = keyof typeof files;

export interface TaskWork {
  readonly layers: readonly LayerWork[];
  readonly total: Work;
  /** Without channels whose filters are all zero. */
  readonly live: readonly LayerWork[];
}

export async function readTasks(): Promise<Readonly<Record<Task, TaskWork>>> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([task, file]) => {
      const { graph } = await load(shared(`models/mlperf-tiny/${file}_int8_official.tflite`));
      const layers = layersOf(graph);
      return [task, { layers, total: totalWork(layers), live: liveLayers(graph, layers) }] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as Record<Task, TaskWork>;
}

/**
 * What is left for a generator that removes channels which are the same for every input: filters of zeros, and depthwise filters
 * on such a channel. Their constants go into the next layer's bias.
 */
function liveLayers(graph: Graph, layers: readonly LayerWork[]): LayerWork[] {
  const live = new Map<Value, number>();
  const share = (v: Value | null): number => (v ? (live.get(v) ?? 1) : 1);
  return graph.nodes.map((node, i) => {
    const [x, w] = node.inputs;
    const { work } = layers[i];
    const into = share(x);
    const outOf = node.op === 'Conv2D' && w?.data ? liveFilters(w) : node.op === 'FullyConnected' ? 1 : into;
    for (const v of node.outputs) live.set(v, outOf);
    const scale = (term: Term): number => {
      if (/^(point|conv)\.mac$|^dense\.mac$/.test(term)) return into * outOf;
      return /out$/.test(term) ? outOf : into;
    };
    return {
      ...layers[i],
      weightBytes: layers[i].weightBytes * into * outOf,
      work: Object.fromEntries(Object.entries(work).map(([t, n]) => [t, t === 'layer' ? n : n * scale(t as Term)])),
    };
  });
}

function liveFilters(w: Value): number {
  const [filters] = w.shape;
  const data = w.data as Int8Array;
  const size = data.length / filters;
  let alive = 0;
  for (let f = 0; f < filters; f++) {
    if (data.subarray(f * size, (f + 1) * size).some((q) => Number(q) !== 0)) alive++;
  }
  return alive / filters;
}
