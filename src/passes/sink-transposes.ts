import { isConstant, type Node, type Value } from '../ir/graph.js';
import type { Patch } from '../ir/patch.js';
import { broadcastShapes } from '../ir/types.js';
import { operator } from '../ops/index.js';
import type { NodeBuilder } from '../ops/node-builder.js';
import { inverse } from './cancel-transposes.js';
import type { Pass, PassContext } from './pass.js';

type Perm = readonly number[];

/**
 * Moves transposes towards the outputs, through every operator whose record has a layout law, until they meet their inverse.
 * Where only some operands are transposed the others get the inverse, but only if that loses nothing: constants take it
 * into their data, and in a tie the direction "channels last inside" (perm[1] is the last axis) wins, so that it ends.
 */
export const sinkTransposes: Pass = {
  name: 'sink-transposes',
  law: 'f(T(x, p), T(y, p), c) -> T(f(x, y, T(c, p⁻¹)), p)',
  match(node, context) {
    if (node.op === 'Transpose') return undefined;
    if (node.op === 'Reshape') return sinkThroughReshape(node, context);
    const { layout } = operator(node.op);
    const perm = layout && node.outputs.length > 0 ? permToSink(node, context) : undefined;
    if (!layout || !perm) return undefined;
    const back = inverse(perm);
    const attrs = layout === 'elementwise' ? {} : layout(node.attrs, back, node);
    if (!attrs) return undefined;
    const b = context.build(node.outputs[0].name);
    const inputs: (Value | null)[] = [];
    for (const v of node.inputs) {
      const before = v && throughInverse(v, perm, back, context, b);
      if (before === undefined) return undefined;
      inputs.push(before);
    }
    const made = b.node(node.op, inputs, { ...node.attrs, ...attrs } as Node['attrs'], { name: node.name });
    const outs = made.map((v) => b.transpose(v, perm));
    return { remove: [node], insert: b.nodes, replace: new Map(node.outputs.map((v, i) => [v, outs[i]])) };
  },
};

/** The permutation worth sinking through a node, if there is one. */
function permToSink(node: Node, { view }: PassContext): Perm | undefined {
  const rank = node.outputs[0].shape.length;
  if (node.outputs.some((v) => v.shape.length !== rank)) return undefined;
  const votes = new Map<string, { perm: Perm; count: number }>();
  let plain = 0;
  for (const v of node.inputs) {
    if (!v || isConstant(v)) continue;
    const before = view.producer(v);
    if (before?.op === 'Transpose' && v.shape.length === rank) {
      const perm = before.attrs.perm as Perm;
      const vote = votes.get(String(perm)) ?? { perm, count: 0 };
      vote.count++;
      votes.set(String(perm), vote);
      // A single-element operand takes any layout by a reshape and has no say.
    } else if (v.shape.some((d) => d !== 1)) plain++;
  }
  const best = [...votes.values()].sort((a, b) => b.count - a.count || Number(towardsLast(b.perm)) - Number(towardsLast(a.perm)))[0];
  if (!best) return undefined;
  const others = plain + [...votes.values()].reduce((n, v) => n + v.count, 0) - best.count;
  if (best.count > others) return best.perm;
  return best.count === others && towardsLast(best.perm) ? best.perm : undefined;
}

/** Undoing this permutation puts the channels last. */
const towardsLast = (perm: Perm): boolean => perm.length > 3 && perm[1] === perm.length - 1;

/** The operand as it was before `perm`; undefined where its rank does not let it be. */
function throughInverse(v: Value, perm: Perm, back: Perm, { view }: PassContext, b: NodeBuilder): Value | undefined {
  const before = view.producer(v);
  if (before?.op === 'Transpose' && String(before.attrs.perm) === String(perm)) return before.inputs[0] as Value;
  const missing = perm.length - v.shape.length;
  if (missing < 0) return undefined;
  // A scalar broadcasts the same way in every layout.
  if (v.shape.length === 0) return v;
  const full = missing > 0 ? b.reshape(v, broadcastShapes(v.shape, new Array(perm.length).fill(1))) : v;
  return b.transpose(full, back);
}

/**
 * T then Reshape is Reshape then T where the reshape only splits, merges or drops axes that lie side by side,
 * in order, before the transpose as well. The shapes are cut into the smallest groups of equal size.
 */
function sinkThroughReshape(node: Node, { view, build }: PassContext): Patch | undefined {
  const transpose = view.producer(node.inputs[0]);
  if (transpose?.op !== 'Transpose') return undefined;
  const x = transpose.inputs[0] as Value;
  const perm = transpose.attrs.perm as Perm;
  const groups = groupAxes((node.inputs[0] as Value).shape, node.outputs[0].shape);
  if (!groups) return undefined;
  const sources: { at: number; out: number[] }[] = [];
  for (const g of groups) {
    const axes = g.from.map((a) => perm[a]).filter((a) => x.shape[a] !== 1);
    if (axes.some((a, i) => i > 0 && a !== axes[i - 1] + 1 && !onlyOnesBetween(x.shape, axes[i - 1], a))) return undefined;
    sources.push({ at: axes[0] ?? Math.min(...g.from.map((a) => perm[a]), x.shape.length), out: g.to });
  }
  const ordered = [...sources].sort((a, b) => a.at - b.at);
  const order = ordered.flatMap((s) => s.out);
  const b = build(node.outputs[0].name);
  const shape = node.outputs[0].shape;
  const reshaped = b.reshape(
    x,
    order.map((o) => shape[o]),
  );
  const result = b.transpose(reshaped, inverse(order));
  if (result === reshaped && b.nodes.length === 0) return { remove: [node], replace: new Map([[node.outputs[0], result]]) };
  return { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], result]]) };
}

const onlyOnesBetween = (shape: readonly number[], a: number, b: number): boolean => b > a && shape.slice(a + 1, b).every((d) => d === 1);

/** Cuts two shapes of one size into matching groups of axes; undefined for empty tensors. Axes of 1 join the group before them. */
export function groupAxes(from: readonly number[], to: readonly number[]): { from: number[]; to: number[] }[] | undefined {
  if (from.includes(0) || to.includes(0)) return undefined;
  const groups: { from: number[]; to: number[] }[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const g = { from: [] as number[], to: [] as number[] };
    if (from[i] === to[j] && i < from.length) {
      groups.push({ from: [i++], to: [j++] });
      continue;
    }
    let a = 1;
    let b = 1;
    do {
      if (a <= b && i < from.length) {
        a *= from[i];
        g.from.push(i++);
      } else if (j < to.length) {
        b *= to[j];
        g.to.push(j++);
      } else break;
    } while (a !== b || g.from.length === 0 || g.to.length === 0);
    const last = groups.at(-1);
    const empty = g.from.length === 0 || g.to.length === 0;
    if (empty && last) {
      last.from.push(...g.from);
      last.to.push(...g.to);
    } else groups.push(g);
  }
  return groups;
}
