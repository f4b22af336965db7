import type { Graph } from '../ir/graph.js';
import { operator } from '../ops/index.js';

/** Multiply-accumulates of one inference, by the operators' own records. */
export const graphMacs = (graph: Graph): number =>
  graph.nodes.reduce((sum, n) => sum + (operator(n.op).cost?.(n.inputs, n.outputs, n.attrs as never).macs ?? 0), 0);
