import type { Graph } from '../ir/graph.js';
import { operator } from '../ops/index.js';

/** Multiply-accumulates of each node, by the name of its first output. */
export const macsByOutput = (graph: Graph): ReadonlyMap<string, number> =>
  new Map(graph.nodes.map((n) => [n.outputs[0].name, operator(n.op).cost?.(n.inputs, n.outputs, n.attrs as never).macs ?? 0]));
