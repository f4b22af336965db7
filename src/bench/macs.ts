import { type Graph, GraphView, type Node } from '../ir/graph.js';
import { operator } from '../ops/index.js';

/**
 * Multiply-accumulates by the layers of a runtime, which are called by the name of a node or of its first output. What a runtime fused
 * into a later node counts there: a convolution whose activation has the name.
 */
export function macsByLayer(graph: Graph, layers: ReadonlySet<string>): ReadonlyMap<string, number> {
  const view = new GraphView(graph);
  const nameOf = (node: Node): string | undefined => [node.outputs[0].name, node.name].find((name) => layers.has(name));
  const sums = new Map<string, number>();
  for (const node of graph.nodes) {
    const macs = operator(node.op).cost?.(node.inputs, node.outputs, node.attrs as never).macs ?? 0;
    if (macs === 0) continue;
    let at: Node | undefined = node;
    while (at && nameOf(at) === undefined) at = view.consumers(at.outputs[0])[0];
    const name = at && nameOf(at);
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + macs);
  }
  return sums;
}
