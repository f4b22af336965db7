import { isConstant, type Value } from '../ir/graph.js';
import { sizeOf } from '../ir/types.js';
import { inverse } from './cancel-transposes.js';
import type { Pass } from './pass.js';

/**
 * The classifier head of a channels-first model: flatten in channels-first order, then a dense layer.
 * Reordering the dense layer's columns lets the features be flattened as they lie.
 */
export const absorbTransposes: Pass = {
  name: 'absorb-transposes',
  law: 'fc(reshape(T(x, p), [n, k]), w) -> fc(reshape(x, [n, k]), T(w, p⁻¹))',
  match(node, { view, build }) {
    if (node.op !== 'FullyConnected') return undefined;
    const [flat, w, bias] = node.inputs as readonly [Value, Value, Value | null];
    const reshape = view.producer(flat);
    const transpose = view.producer(reshape?.inputs[0] ?? null);
    if (reshape?.op !== 'Reshape' || transpose?.op !== 'Transpose' || !isConstant(w) || w.quant) return undefined;
    const x = transpose.inputs[0] as Value;
    const perm = transpose.attrs.perm as readonly number[];
    if (perm[0] !== 0 || flat.shape.length !== 2 || flat.shape[0] !== x.shape[0]) return undefined;
    const b = build(node.name);
    const seen = perm.map((p) => x.shape[p]).slice(1);
    const columns = b.reshape(w, [w.shape[0], ...seen]);
    const reordered = b.reshape(b.transpose(columns, inverse(perm)), [w.shape[0], sizeOf(seen)]);
    const straight = b.reshape(x, flat.shape);
    const y = b.op('FullyConnected', [straight, reordered, bias], node.attrs, { name: node.name, outputs: [node.outputs[0].name] });
    return { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
  },
};

/** A reduction that drops its axes hides the layout; keeping them first lets transposes pass. */
export const keepReducedAxes: Pass = {
  name: 'keep-reduced-axes',
  law: 'reduce(T(x), axes, drop) -> reshape(reduce(T(x), axes, keep))',
  match(node, { view, build }) {
    if (node.attrs.keepDims !== false || view.producer(node.inputs[0])?.op !== 'Transpose') return undefined;
    const b = build(node.outputs[0].name);
    const kept = b.op(node.op, node.inputs, { ...node.attrs, keepDims: true }, { name: node.name });
    const y = b.reshape(kept, node.outputs[0].shape);
    return { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
  },
};

/** Matrix products can read either operand transposed. */
export const transposeInMatMul: Pass = {
  name: 'transpose-in-matmul',
  law: 'matmul(T(a), b) -> matmul(a, b){transposeA}, T swapping the last two axes',
  match(node, { view, build }) {
    if (node.op !== 'MatMul') return undefined;
    const keys = ['transposeA', 'transposeB'] as const;
    for (const [i, key] of keys.entries()) {
      const before = view.producer(node.inputs[i]);
      if (before?.op !== 'Transpose' || !swapsLastTwo(before.attrs.perm as readonly number[])) continue;
      const b = build(node.name);
      const inputs = node.inputs.map((v, k) => (k === i ? before.inputs[0] : v));
      const y = b.op('MatMul', inputs, { ...node.attrs, [key]: !node.attrs[key] }, { name: node.name, outputs: [node.outputs[0].name] });
      return { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
    }
    return undefined;
  },
};

const swapsLastTwo = (perm: readonly number[]): boolean =>
  perm.every((p, i) => p === (i < perm.length - 2 ? i : i === perm.length - 1 ? i - 1 : i + 1));
