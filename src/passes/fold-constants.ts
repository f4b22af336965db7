import { isConstant, type Value } from '../ir/graph.js';
import type { Pass } from './pass.js';

/** Nodes whose inputs have all become constants are computed; the builder knows how and when it is worth it. */
export const foldConstants: Pass = {
  name: 'fold-constants',
  law: 'f(c1, c2, …) -> c',
  match(node, { build }) {
    if (!node.inputs.every((v) => v === null || (isConstant(v) && !v.quant))) return undefined;
    const b = build(node.name);
    const made = b.node(node.op, node.inputs, node.attrs);
    if (b.nodes.length > 0) return undefined;
    return { remove: [node], replace: new Map<Value, Value>(node.outputs.map((v, i) => [v, made[i]])) };
  },
};
