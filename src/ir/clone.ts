import type { Graph, Value } from './graph.js';

/** A graph of its own that shares the weights' memory: patches to it leave the original alone. */
export function cloneGraph(graph: Graph): Graph {
  return cloneWith(graph).graph;
}

/** {@link cloneGraph}, with the map from each old value to its copy. */
export function cloneWith(graph: Graph): { graph: Graph; copyOf: ReadonlyMap<Value, Value> } {
  const copies = new Map<Value, Value>();
  const copy = (v: Value): Value => {
    let c = copies.get(v);
    if (!c) {
      c = { ...v };
      copies.set(v, c);
    }
    return c;
  };
  return {
    graph: {
      name: graph.name,
      inputs: graph.inputs.map(copy),
      outputs: graph.outputs.map(copy),
      nodes: graph.nodes.map((n) => ({ ...n, inputs: n.inputs.map((v) => v && copy(v)), outputs: n.outputs.map(copy) })),
    },
    copyOf: copies,
  };
}
