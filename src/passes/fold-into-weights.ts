import { isConstant, type Node, type Value } from '../ir/graph.js';
import type { Patch } from '../ir/patch.js';
import { sizeOf } from '../ir/types.js';
import type { Pass, PassContext } from './pass.js';

/** Where an operator keeps its output channels in its filter, and how to see it as [before, channels, after]. */
const channelAxis: Readonly<Record<string, number>> = { Conv2D: 0, ConvTranspose2D: 0, FullyConnected: 0, DepthwiseConv2D: 3 };

/**
 * A scale or shift per output channel after a linear operator (what batch normalization is at inference)
 * becomes part of its filter and bias. Computed in double precision, rounded once.
 */
export const foldIntoWeights: Pass = {
  name: 'fold-into-weights',
  law: 'op(x, w, b)·s + t -> op(x, w·s, b·s + t), s and t per output channel',
  match(node, context) {
    const change = perChannel(node, context);
    if (!change) return undefined;
    const { linear, scale, shift } = change;
    return rebuild(node, linear, scale, shift, context);
  },
};

interface Change {
  readonly linear: Node;
  readonly scale?: Float64Array;
  readonly shift?: Float64Array;
}

function perChannel(node: Node, { view }: PassContext): Change | undefined {
  if (!['Add', 'Sub', 'Mul', 'Div'].includes(node.op) || node.outputs[0].dtype !== 'float32') return undefined;
  const [a, b] = node.inputs as readonly Value[];
  const constantFirst = isConstant(a);
  const x = constantFirst ? b : a;
  const c = constantFirst ? a : b;
  if (!isConstant(c) || (constantFirst && node.op === 'Div')) return undefined;
  const linear = view.producer(x);
  if (!linear || channelAxis[linear.op] === undefined || linear.attrs.activation !== 'none') return undefined;
  if (view.onlyConsumer(x) !== node || !isConstant(linear.inputs[1]) || (linear.inputs[2] && !isConstant(linear.inputs[2])))
    return undefined;
  const channels = x.shape.at(-1) as number;
  const rank = x.shape.length;
  const per = sizeOf(c.shape) === 1 || (c.shape.at(-1) === channels && sizeOf(c.shape) === channels);
  if (!per || c.shape.length > rank) return undefined;
  const data = c.data as Float32Array;
  const at = (f: (v: number) => number): Float64Array =>
    Float64Array.from({ length: channels }, (_, i) => f(data[data.length === 1 ? 0 : i]));
  const minusFirst = constantFirst && node.op === 'Sub';
  switch (node.op) {
    case 'Mul':
      return { linear, scale: at((v) => v) };
    case 'Div':
      return { linear, scale: at((v) => 1 / v) };
    case 'Add':
      return { linear, shift: at((v) => v) };
    default:
      return minusFirst ? { linear, scale: at(() => -1), shift: at((v) => v) } : { linear, shift: at((v) => -v) };
  }
}

function rebuild(
  node: Node,
  linear: Node,
  scale: Float64Array | undefined,
  shift: Float64Array | undefined,
  { build }: PassContext,
): Patch {
  const [x, w, bias] = linear.inputs as readonly [Value, Value, Value | null];
  const channels = node.outputs[0].shape.at(-1) as number;
  const b = build(linear.name);
  const weights = scale ? b.constant({ dtype: 'float32', shape: w.shape, data: scaleFilter(w, scale, channelAxis[linear.op]) }, w.name) : w;
  const sums = new Float32Array(channels);
  const old = bias?.data as Float32Array | undefined;
  for (let i = 0; i < channels; i++) sums[i] = (old?.[i] ?? 0) * (scale?.[i] ?? 1) + (shift?.[i] ?? 0);
  const biases = b.constant({ dtype: 'float32', shape: [channels], data: sums }, bias?.name ?? `${linear.name}/bias`);
  const activation = node.attrs.activation ?? 'none';
  const y = b.op(linear.op, [x, weights, biases], { ...linear.attrs, activation }, { name: linear.name, outputs: [node.outputs[0].name] });
  return { remove: [linear, node], insert: b.nodes, replace: new Map([[node.outputs[0], y]]) };
}

function scaleFilter(w: Value, scale: Float64Array, axis: number): Float32Array {
  const from = w.data as Float32Array;
  const out = new Float32Array(from.length);
  const after = sizeOf(w.shape.slice(axis + 1));
  const channels = w.shape[axis];
  for (let i = 0; i < out.length; i += after) {
    const s = scale[(i / after) % channels];
    for (let j = i; j < i + after; j++) out[j] = from[j] * s;
  }
  return out;
}
