import type { Graph, Node } from '../ir/graph.js';
import { allValues } from '../ir/graph.js';
import { applyPatch } from '../ir/patch.js';
import type { Target } from './define.js';
import { operator } from './index.js';
import { Names, NodeBuilder } from './node-builder.js';

/** A decomposition of a decomposition that goes further than this turns in a circle; its node is left to be reported. */
const deepest = 16;

/**
 * Replaces, in place, every node that `supports` turns down by its record's decomposition, where it has one,
 * and so on until nothing more can be replaced. Nodes that stay unsupported are left for the caller to report.
 */
export function decompose(graph: Graph, target: Target, supports: (node: Node) => boolean): void {
  const names = new Names();
  for (const v of allValues(graph)) names.take(v.name);
  const settled = new Set<Node>();
  const depth = new Map<Node, number>();
  for (;;) {
    const node = graph.nodes.find((n) => !settled.has(n) && !supports(n));
    if (!node) return;
    settled.add(node);
    const level = depth.get(node) ?? 0;
    if (level >= deepest) continue;
    const b = new NodeBuilder(names, node.name);
    const made = operator(node.op).decompose?.(b, node.inputs, node.attrs as never, node.outputs, target);
    for (const n of b.nodes) depth.set(n, level + 1);
    if (made) applyPatch(graph, { remove: [node], insert: b.nodes, replace: new Map(node.outputs.map((v, i) => [v, made[i]])) });
  }
}
