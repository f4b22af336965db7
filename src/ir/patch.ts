import type { Graph, Node, Value } from './graph.js';

/**
 * A local change, as a pass returns it.
 * `replace` maps old values to new ones: every reader of the old value, and the graph's outputs, read the new one.
 * Nodes that nothing reads any more are left for dead-code removal unless they are listed in `remove`.
 */
export interface Patch {
  readonly remove?: readonly Node[];
  /** New nodes, in an order in which they can run. They go where the last of `remove` stood, or before `before`. */
  readonly insert?: readonly Node[];
  readonly before?: Node;
  readonly replace?: ReadonlyMap<Value, Value>;
  /** Replaces the graph's inputs (same order), e.g. with another layout. */
  readonly inputs?: readonly Value[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Applies a patch in place. A replaced graph output hands its name on to its replacement,
 * so that a model keeps its output names through every pass; the same goes for replaced inputs.
 */
export function applyPatch(graph: Graph, patch: Patch): void {
  const g = graph as Mutable<Graph>;
  const removed = new Set(patch.remove);
  const replace = patch.replace ?? new Map<Value, Value>();
  const nodes: Node[] = [];
  const anchor = patch.before ?? patch.remove?.at(-1);
  for (const node of graph.nodes) {
    if (node === anchor && patch.insert) nodes.push(...patch.insert);
    if (removed.has(node)) continue;
    if (node.inputs.some((v) => v && replace.has(v))) {
      (node as Mutable<Node>).inputs = node.inputs.map((v) => (v && replace.get(v)) ?? v);
    }
    nodes.push(node);
  }
  if (!anchor && patch.insert) nodes.push(...patch.insert);
  g.nodes = nodes;
  if (patch.inputs) {
    const taken = new Set(graph.outputs.map((v) => v.name));
    patch.inputs.forEach((v, i) => {
      const name = graph.inputs[i].name;
      if (!taken.has(name)) (v as Mutable<Value>).name = name;
    });
    g.inputs = patch.inputs;
  }
  if (graph.outputs.some((v) => replace.has(v))) {
    g.outputs = graph.outputs.map((old) => {
      const now = replace.get(old);
      if (!now) return old;
      const fixed = g.inputs.includes(now) || now.data !== undefined || graph.outputs.includes(now);
      if (!fixed) swapNames(old, now);
      return now;
    });
  }
}

/** The replaced value takes the other name, so that names stay unique even while it is still read somewhere. */
function swapNames(a: Value, b: Value): void {
  const name = a.name;
  (a as Mutable<Value>).name = b.name;
  (b as Mutable<Value>).name = name;
}
