import type { Graph, Value } from '../../ir/graph.js';
import { byteSize } from '../../ir/types.js';

/** Bytes of activations that are alive while each node runs, in order: its inputs and outputs, and what later nodes still need. */
export function liveBytes(graph: Graph): number[] {
  const last = new Map<Value, number>();
  graph.nodes.forEach((node, i) => {
    for (const v of [...node.inputs, ...node.outputs]) if (v && !v.data) last.set(v, i);
  });
  for (const v of graph.outputs) last.set(v, graph.nodes.length);
  const alive = new Set<Value>(graph.inputs.filter((v) => last.has(v)));
  return graph.nodes.map((node, i) => {
    for (const v of node.outputs) alive.add(v);
    const bytes = [...alive].reduce((sum, v) => sum + byteSize(v), 0);
    for (const v of alive) if ((last.get(v) ?? i) <= i) alive.delete(v);
    return bytes;
  });
}
