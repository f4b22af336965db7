import type { Value } from '../ir/graph.js';
import type { Pass } from './pass.js';

/** `transpose(transpose(x, first), second)` is `transpose(x, compose(first, second))`. */
export const compose = (first: readonly number[], second: readonly number[]): number[] => second.map((p) => first[p]);

export const inverse = (perm: readonly number[]): number[] => {
  const out = new Array<number>(perm.length);
  perm.forEach((p, i) => {
    out[p] = i;
  });
  return out;
};

const isIdentity = (perm: readonly number[]): boolean => perm.every((p, i) => p === i);

/** Whether only axes of length 1 move, so that the bytes stay where they are. */
export const keepsOrder = (perm: readonly number[], shape: readonly number[]): boolean => {
  const long = perm.filter((p) => shape[p] !== 1);
  return long.every((p, i) => i === 0 || p > long[i - 1]);
};

export const cancelTransposes: Pass = {
  name: 'cancel-transposes',
  law: 'T(T(x, p), q) -> T(x, p∘q); T(x, id) -> x; T moving only axes of 1 -> reshape; two equal T of one x -> one',
  match(node, { view, build }) {
    if (node.op !== 'Transpose') return undefined;
    const x = node.inputs[0] as Value;
    const [y] = node.outputs;
    const perm = node.attrs.perm as readonly number[];
    if (isIdentity(perm)) return { remove: [node], replace: new Map([[y, x]]) };
    const b = build(y.name);
    if (keepsOrder(perm, x.shape)) {
      const same = b.op('Reshape', [x], { shape: y.shape });
      return { remove: [node], insert: b.nodes, replace: new Map([[y, same]]) };
    }
    const before = view.producer(x);
    if (before?.op === 'Transpose') {
      const both = b.transpose(before.inputs[0] as Value, compose(before.attrs.perm as readonly number[], perm));
      return { remove: [node], insert: b.nodes, replace: new Map([[y, both]]) };
    }
    const twin = view.consumers(x).find((n) => n.op === 'Transpose' && n !== node && String(n.attrs.perm) === String(perm));
    // The earlier of the two stays; outputs keep a value of their own.
    if (twin && view.graph.nodes.indexOf(twin) < view.graph.nodes.indexOf(node) && !view.isOutput(y)) {
      return { remove: [node], replace: new Map([[y, twin.outputs[0]]]) };
    }
    return undefined;
  },
};
