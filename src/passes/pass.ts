import { allValues, type Graph, GraphView, type Node } from '../ir/graph.js';
import { applyPatch, type Patch } from '../ir/patch.js';
import { verify } from '../ir/verify.js';
import { inferNode } from '../ops/evaluate.js';
import { Names, NodeBuilder } from '../ops/node-builder.js';

/** What a pass may ask about the graph while it looks at one node. */
export interface PassContext {
  readonly graph: Graph;
  readonly view: GraphView;
  /** A builder for new nodes; names are wishes after `prefix`. */
  build(prefix: string): NodeBuilder;
}

/** One rewrite. `law` is the equation it applies; `match` returns the patch for a node, or nothing. */
export interface Pass {
  readonly name: string;
  readonly law: string;
  match(node: Node, context: PassContext): Patch | undefined;
}

/** All names in use, so that new values never clash. */
export function namesOf(graph: Graph): Names {
  const names = new Names();
  for (const v of allValues(graph)) names.take(v.name);
  return names;
}

/**
 * Applies a pass until it finds nothing more, then verifies the graph. Returns how often it matched.
 * Throws Error (a bug) where the pass breaks the graph or does not come to an end.
 */
export function runPass(graph: Graph, pass: Pass, names: Names): number {
  let view = new GraphView(graph);
  const context: PassContext = {
    graph,
    get view() {
      return view;
    },
    build: (prefix) => new NodeBuilder(names, prefix),
  };
  // Every law lowers some measure of the graph; a pass beyond this bound is going in circles.
  const limit = 100 * (graph.nodes.length + 10);
  let matches = 0;
  for (let again = true; again; ) {
    again = false;
    const gone = new Set<Node>();
    for (const node of graph.nodes) {
      if (gone.has(node)) continue;
      const patch = pass.match(node, context);
      if (!patch) continue;
      applyPatch(graph, patch);
      for (const n of patch.remove ?? []) gone.add(n);
      view = new GraphView(graph);
      again = true;
      if (++matches > limit) throw new Error(`pass ${pass.name} does not come to an end on graph '${graph.name}'`);
    }
  }
  if (matches > 0) verify(graph, inferNode, `pass ${pass.name}`);
  return matches;
}
