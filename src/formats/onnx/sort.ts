import { ModelError } from '../../errors.js';
import type { NodeProto } from './proto.js';

/** How messages call a node: its name, else its first output. */
export const nodeName = (n: NodeProto): string => n.name || n.output.find((o) => o !== '') || n.opType;

/** Names that a node reads, and that the graphs inside it read from around them. */
export function readNames(node: NodeProto): string[] {
  const names = node.input.filter((name) => name !== '');
  for (const a of node.attribute) {
    if (!a.g) continue;
    const own = new Set<string>([...a.g.input.map((i) => i.name), ...a.g.initializer.map((t) => t.name)]);
    for (const inner of a.g.node) for (const name of inner.output) own.add(name);
    for (const inner of a.g.node) names.push(...readNames(inner).filter((name) => !own.has(name)));
    // An output that no node of the branch makes is a value from around it.
    names.push(...a.g.output.map((o) => o.name).filter((name) => !own.has(name)));
  }
  return names;
}

/**
 * The nodes that `outputs` need, each after what it reads; nodes that are already in such an order keep it.
 * Throws ModelError where two nodes write one name or where nodes read each other in a circle.
 */
export function sortNodes(nodes: readonly NodeProto[], outputs: readonly string[], where: string): NodeProto[] {
  const producers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.output) {
      if (name === '') continue;
      const other = producers.get(name);
      if (other !== undefined) {
        throw new ModelError(`${where}: nodes '${nodeName(nodes[other])}' and '${nodeName(node)}' both write '${name}'.`);
      }
      producers.set(name, i);
    }
  });
  const dependencies = nodes.map((node) =>
    [...new Set(readNames(node).flatMap((name) => producers.get(name) ?? []))].sort((a, b) => a - b),
  );
  const needed = reachable(
    outputs.flatMap((name) => producers.get(name) ?? []),
    dependencies,
  );
  const state = new Uint8Array(nodes.length);
  const sorted: NodeProto[] = [];
  for (let start = 0; start < nodes.length; start++) {
    if (!needed[start] || state[start]) continue;
    // Depth first with a stack of our own: a chain of nodes in reverse order may be as long as the model.
    const stack = [{ node: start, next: 0 }];
    state[start] = 1;
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const dependency = dependencies[top.node][top.next++];
      if (dependency === undefined) {
        state[top.node] = 2;
        sorted.push(nodes[top.node]);
        stack.pop();
      } else if (state[dependency] === 1) {
        const from = stack.findIndex((s) => s.node === dependency);
        const circle = stack.slice(from).map((s) => `'${nodeName(nodes[s.node])}'`);
        const shown = circle.length > 6 ? [...circle.slice(0, 5), '…', circle.at(-1)] : circle;
        throw new ModelError(`${where}: nodes read each other's results in a circle: ${shown.join(', ')}. The file may be corrupted.`);
      } else if (state[dependency] === 0) {
        state[dependency] = 1;
        stack.push({ node: dependency, next: 0 });
      }
    }
  }
  return sorted;
}

function reachable(starts: readonly number[], edges: readonly (readonly number[])[]): Uint8Array {
  const seen = new Uint8Array(edges.length);
  const queue = [...starts];
  while (queue.length > 0) {
    const i = queue.pop() as number;
    if (seen[i]) continue;
    seen[i] = 1;
    queue.push(...edges[i]);
  }
  return seen;
}
