import { UsageError } from '../errors.js';
import type { Graph, Node } from '../ir/graph.js';

/**
 * Matches nodes by glob patterns against their name, or against their operator as `op:Softmax`.
 * `*` stands for anything. Returns the reason to keep a node in float, or undefined.
 * Throws UsageError for a pattern that matches nothing: a typing error would otherwise change nothing in silence.
 */
export function keepFloatMatcher(graph: Graph, patterns: readonly string[]): (node: Node) => string | undefined {
  const compiled = patterns.map((pattern) => {
    const byOp = pattern.startsWith('op:');
    const glob = byOp ? pattern.slice(3) : pattern;
    const regex = new RegExp(`^${glob.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replace(/\*/g, '.*')}$`);
    return { pattern, matches: (n: Node) => regex.test(byOp ? n.op : n.name) || (!byOp && n.outputs.some((v) => regex.test(v.name))) };
  });
  for (const { pattern, matches } of compiled) {
    if (graph.nodes.some(matches)) continue;
    const names = graph.nodes
      .slice(0, 6)
      .map((n) => `'${n.name}'`)
      .join(', ');
    throw new UsageError(
      `--keep-float '${pattern}' matches no node of '${graph.name}'. Its first nodes are ${names}; op:NAME matches an operator. \`edgeml inspect\` lists them all.`,
    );
  }
  return (node) => {
    const hit = compiled.find((c) => c.matches(node));
    return hit && `kept in float by '${hit.pattern}'`;
  };
}
