import type { Node, Value } from '../ir/graph.js';
import { type Activation, fusable } from '../ops/families/activation.js';
import { operator } from '../ops/index.js';
import type { Pass } from './pass.js';

/** The fusable activation that a node is, by its bounds. */
function activationOf(node: Node): Activation | undefined {
  if (node.op === 'Relu') return 'relu';
  if (node.op !== 'Clip') return undefined;
  return (Object.keys(fusable) as Activation[]).find(
    (a) => a !== 'none' && fusable[a][0] === node.attrs.min && fusable[a][1] === node.attrs.max,
  );
}

/** Clamping right after an operator that can clamp by itself saves a tensor, and the quantizer a rounding. */
export const fuseActivations: Pass = {
  name: 'fuse-activations',
  law: 'clamp(op(x)) -> op(x){activation}, op(x) read once',
  match(node, { view, build }) {
    const activation = activationOf(node);
    if (!activation) return undefined;
    const x = node.inputs[0] as Value;
    const before = view.producer(x);
    if (!before || x.dtype !== 'float32' || !('activation' in operator(before.op).attributes)) return undefined;
    if (before.attrs.activation !== 'none' || view.onlyConsumer(x) !== node) return undefined;
    const b = build(before.name);
    const y = b.op(before.op, before.inputs, { ...before.attrs, activation }, { name: before.name, outputs: [node.outputs[0].name] });
    return { remove: [before, node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
  },
};
