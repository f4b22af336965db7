import { isConstant, type Value } from '../../../ir/graph.js';
import { fromNumbers, toNumbers } from '../../../ir/tensor.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

/** [batch, steps, heads*size] as [batch, heads, steps, size]; rank 4 is that already. */
function byHeads(node: RuleNode, b: RuleBuilder, x: Value, attribute: string): Value {
  if (x.shape.length === 4) return x;
  if (x.shape.length !== 3) node.refuse(`works on tensors of rank ${x.shape.length}`);
  const heads = node.int(attribute);
  const [batch, steps, width] = x.shape;
  if (heads < 1 || width % heads !== 0) node.refuse(`has ${heads} heads for a width of ${width}`);
  return b.transpose(b.reshape(x, [batch, steps, heads, width / heads]), [0, 2, 1, 3]);
}

/** Each of the heads of keys or values `times` in a row, for groups of query heads that share one. */
function repeatHeads(b: RuleBuilder, x: Value, times: number): Value {
  if (times === 1) return x;
  const [batch, heads, steps, size] = x.shape;
  const repeated = b.op('Expand', [b.reshape(x, [batch, heads, 1, steps, size])], { shape: [batch, heads, times, steps, size] });
  return b.reshape(repeated, [batch, heads * times, steps, size]);
}

/** What is added to the scores: 0 where a query may see a key and -Infinity where not; undefined where it may see all. */
function bias(node: RuleNode, b: RuleBuilder, scores: Value, past: number): Value[] {
  const [, , queries, keys] = scores.shape;
  const all: Value[] = [];
  const mask = node.inputs[3];
  if (mask) {
    const added = mask.dtype === 'bool' ? b.op('Where', [mask, b.scalar(0, scores.dtype), b.scalar(-Infinity, scores.dtype)]) : mask;
    const missing = keys - (mask.shape.at(-1) ?? keys);
    const pads = [...added.shape.map(() => 0), ...added.shape.map((_, i) => (i === added.shape.length - 1 ? missing : 0))];
    all.push(missing > 0 && added.shape.at(-1) !== 1 ? b.op('Pad', [added], { pads, value: -Infinity }) : added);
  }
  const left = node.int('left_window_size', -1);
  const right = node.int('is_causal', 0) !== 0 ? 0 : node.int('right_window_size', -1);
  if (left < 0 && right < 0) return all;
  const seen = Float32Array.from({ length: queries * keys }, (_, i) => {
    const ahead = (i % keys) - (Math.floor(i / keys) + past);
    return (left >= 0 && -ahead > left) || (right >= 0 && ahead > right) ? -Infinity : 0;
  });
  all.push(b.constant(fromNumbers(scores.dtype, [queries, keys], seen)));
  return all;
}

/** Rows in which no key may be seen are 0, where a plain softmax would divide 0 by 0. */
function guardedSoftmax(b: RuleBuilder, scores: Value, masked: boolean): Value {
  const axis = scores.shape.length - 1;
  if (!masked) return b.op('Softmax', [scores], { axis });
  const top = b.op('ReduceMax', [scores], { axes: [axis], keepDims: true });
  const empty = b.op('Equal', [top, b.scalar(-Infinity, scores.dtype)]);
  const zero = b.scalar(0, scores.dtype);
  const weights = b.op('Softmax', [b.op('Where', [empty, zero, scores])], { axis });
  return b.op('Where', [empty, zero, weights]);
}

/** softmax(scale * Q Kᵀ + bias) V, with the keys and values of earlier calls before those of this one. */
const attention: Rule = (node, b) => {
  if (node.inputs[6]) node.refuse('has caches that are filled to different lengths (nonpad_kv_seqlen)');
  const rank = node.input(0).shape.length;
  const q = byHeads(node, b, node.input(0), 'q_num_heads');
  const newKeys = byHeads(node, b, node.input(1), 'kv_num_heads');
  const newValues = byHeads(node, b, node.input(2), 'kv_num_heads');
  const [pastKeys, pastValues] = [node.inputs[4], node.inputs[5]];
  const keys = pastKeys ? b.op('Concat', [pastKeys, newKeys], { axis: 2 }) : newKeys;
  const values = pastValues ? b.op('Concat', [pastValues, newValues], { axis: 2 }) : newValues;
  const [batch, heads, steps, size] = q.shape;
  if (heads % keys.shape[1] !== 0) node.refuse(`has ${heads} heads of queries for ${keys.shape[1]} of keys`);
  const groups = heads / keys.shape[1];
  const scale = b.scalar(Math.sqrt(node.float('scale', 1 / Math.sqrt(size))), q.dtype);
  const scaledKeys = b.op('Mul', [repeatHeads(b, keys, groups), scale]);
  const raw = b.op('MatMul', [b.op('Mul', [q, scale]), scaledKeys], { transposeB: true });
  const cap = node.float('softcap', 0);
  const limit = b.scalar(cap, q.dtype);
  const capped = cap > 0 ? b.op('Mul', [b.op('Tanh', [b.op('Div', [raw, limit])]), limit]) : raw;
  const added = bias(node, b, capped, pastKeys?.shape[2] ?? 0);
  const scores = added.reduce((sum, v) => b.op('Add', [sum, v]), capped);
  const weights = guardedSoftmax(b, scores, added.length > 0 && !added.every(allFinite));
  const out = b.op('MatMul', [weights, repeatHeads(b, values, groups)]);
  const y = rank === 4 ? out : b.reshape(b.transpose(out, [0, 2, 1, 3]), [batch, steps, heads * out.shape[3]]);
  const shown = [raw, capped, scores, weights][node.int('qk_matmul_output_mode', 0)];
  return [y, keys, values, shown ?? node.refuse('has an unknown qk_matmul_output_mode')];
};

const allFinite = (v: Value): boolean => isConstant(v) && toNumbers({ ...v, data: v.data }).every((n: number) => Number.isFinite(n));

/** Pairs of elements turned by the angle of their position; the pairs are halves of a head, or neighbours (`interleaved`). */
const rotaryEmbedding: Rule = (node, b) => {
  const x = node.input(0);
  const heads = byHeads(node, b, x, 'num_heads');
  const [batch, count, steps, size] = heads.shape;
  const turned = node.int('rotary_embedding_dim', 0) || size;
  if (turned > size || turned % 2 !== 0) node.refuse(`turns ${turned} of ${size} elements`);
  const half = turned / 2;
  const interleaved = node.int('interleaved', 0) !== 0;
  const angles = (i: number): Value => {
    const cache = node.input(i);
    const chosen = node.inputs[3] ? b.op('Gather', [cache, node.inputs[3]], { axis: 0 }) : cache;
    if (chosen.shape.length !== 3 || chosen.shape[2] !== half) node.refuse(`has angles of shape [${chosen.shape}] for ${half} pairs`);
    return b.reshape(chosen, [chosen.shape[0], 1, chosen.shape[1], half]);
  };
  const [cos, sin] = [angles(1), angles(2)];
  const slice = (from: Value, start: number, end: number, step = 1) =>
    b.op('Slice', [from], { starts: [0, 0, 0, start], ends: [batch, count, steps, end], steps: [1, 1, 1, step] });
  const [first, second] = interleaved
    ? [slice(heads, 0, turned, 2), slice(heads, 1, turned, 2)]
    : [slice(heads, 0, half), slice(heads, half, turned)];
  const real = b.op('Sub', [b.op('Mul', [cos, first]), b.op('Mul', [sin, second])]);
  const imaginary = b.op('Add', [b.op('Mul', [sin, first]), b.op('Mul', [cos, second])]);
  const pair = (v: Value) => b.reshape(v, [batch, count, steps, half, 1]);
  const rotated = interleaved
    ? b.reshape(b.op('Concat', [pair(real), pair(imaginary)], { axis: 4 }), [batch, count, steps, turned])
    : b.op('Concat', [real, imaginary], { axis: 3 });
  const whole = turned === size ? rotated : b.op('Concat', [rotated, slice(heads, turned, size)], { axis: 3 });
  return [x.shape.length === 4 ? whole : b.reshape(b.transpose(whole, [0, 2, 1, 3]), x.shape)];
};

export const attentionRules: Record<string, Rule> = { Attention: attention, RotaryEmbedding: rotaryEmbedding };
