import { sameShape } from '../ir/types.js';
import type { Pass } from './pass.js';

/** Only the last shape of a chain counts, and a reshape to the same shape is nothing. */
export const simplifyReshapes: Pass = {
  name: 'simplify-reshapes',
  law: 'reshape(reshape(x, s), t) -> reshape(x, t); reshape(x, shape(x)) -> x',
  match(node, { view, build }) {
    if (node.op !== 'Reshape') return undefined;
    const [x] = node.inputs;
    const [y] = node.outputs;
    if (!x) return undefined;
    if (sameShape(x.shape, y.shape) && !(view.isOutput(y) && view.graph.inputs.includes(x))) {
      return { remove: [node], replace: new Map([[y, x]]) };
    }
    const before = view.producer(x);
    if (before?.op !== 'Reshape' || !before.inputs[0]) return undefined;
    const b = build(y.name);
    const direct = b.op('Reshape', [before.inputs[0]], node.attrs);
    return { remove: [node], insert: b.nodes, replace: new Map([[y, direct]]) };
  },
};
