import type { Value } from '../../../ir/graph.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import { hasRecord, type Rule, readByRecord } from '../records.js';

/** A vector over the channels of a tensor of this rank, seen as [1,C,1,...]. */
const alongChannels = (b: RuleBuilder, v: Value, rank: number): Value =>
  b.op('Reshape', [v], { shape: [1, v.shape[0], ...new Array<number>(Math.max(0, rank - 2)).fill(1)] }, { outputs: [v.name] });

const axesFrom = (first: number, rank: number): number[] => Array.from({ length: rank - first }, (_, i) => first + i);

const readAxis = (node: RuleNode, fallback: number, rank: number): number => {
  const given = node.int('axis', fallback);
  const axis = given < 0 ? given + rank : given;
  return axis >= 0 && axis < rank ? axis : node.refuse(`has axis ${given} for a tensor of rank ${rank}`);
};

/** x less its mean over some axes, the mean, and 1 / sqrt(variance + epsilon). */
function standardize(b: RuleBuilder, x: Value, axes: readonly number[], epsilon: number): { y: Value; mean: Value; inverse: Value } {
  const mean = b.op('ReduceMean', [x], { axes, keepDims: true });
  const centred = b.op('Sub', [x, mean]);
  const variance = b.op('ReduceMean', [b.op('Mul', [centred, centred])], { axes, keepDims: true });
  const inverse = b.op('Rsqrt', [b.op('Add', [variance, b.scalar(epsilon, x.dtype)])]);
  return { y: b.op('Mul', [centred, inverse]), mean, inverse };
}

/** y = x * (scale / sqrt(var + eps)) + (bias - mean * scale / sqrt(var + eps)), both factors [1,C,1,1]. */
const batchNormalization: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  if (node.int('training_mode', 0) !== 0) node.refuse('is in training mode');
  if (node.opset < 7 && node.int('is_test', 0) === 0) node.refuse('is in training mode (is_test is 0)');
  if (node.int('spatial', 1) === 0) node.refuse('normalises each element by itself (spatial is 0)');
  if (rank < 2) node.refuse(`works on data of shape [${x.shape}], which has no channels`);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => inType(b, node.weight(i) ?? node.input(i), x));
  for (const v of [scale, bias, mean, variance]) {
    if (v.shape.length !== 1 || v.shape[0] !== x.shape[1]) node.refuse(`has '${v.name}' of shape [${v.shape}] for ${x.shape[1]} channels`);
  }
  const deviation = b.op('Sqrt', [b.op('Add', [variance, b.scalar(node.float('epsilon', 1e-5), x.dtype)])]);
  const factor = b.op('Div', [scale, deviation], {}, { outputs: [scale.name] });
  const shift = b.op('Sub', [bias, b.op('Mul', [mean, factor])], {}, { outputs: [bias.name] });
  return [b.op('Add', [b.op('Mul', [x, alongChannels(b, factor, rank)]), alongChannels(b, shift, rank)])];
};

/** Later operator sets let statistics have another float type than the data. */
const inType = (b: RuleBuilder, v: Value, like: Value): Value => (v.dtype === like.dtype ? v : b.op('Cast', [v], { to: like.dtype }));

const instanceNormalization: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  if (rank < 3) node.refuse(`works on data of shape [${x.shape}], which has no spatial axes`);
  const { y } = standardize(b, x, axesFrom(2, rank), node.float('epsilon', 1e-5));
  const scale = alongChannels(b, node.weight(1) ?? node.input(1), rank);
  const bias = alongChannels(b, node.weight(2) ?? node.input(2), rank);
  return [b.op('Add', [b.op('Mul', [y, scale]), bias])];
};

/** Channels in groups, each normalised with its positions: on [N,H*W,groups,C/groups], which keeps channels last. */
const groupNormalization: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const groups = node.int('num_groups');
  const channels = x.shape[1];
  if (rank !== 3 && rank !== 4) node.refuse(`works on ${rank - 2}-D data; edgeml goes up to 2-D`);
  if (groups < 1 || channels % groups !== 0) node.refuse(`puts ${channels} channels into ${groups} groups`);
  const data = b.toChannelsLast(x);
  const [n, h, w] = data.shape;
  const grouped = b.reshape(data, [n, h * w, groups, channels / groups]);
  const { y } = standardize(b, grouped, [1, 3], node.float('epsilon', 1e-5));
  const [scale, bias] = [1, 2].map((i) => perChannel(b, node.weight(i) ?? node.input(i), groups, channels));
  const out = b.op('Add', [b.op('Mul', [b.reshape(y, data.shape), scale]), bias]);
  return [b.toChannelsFirst(out, rank)];
};

/** Up to operator set 20 scale and bias have one element per group. */
function perChannel(b: RuleBuilder, v: Value, groups: number, channels: number): Value {
  if (v.shape[0] === channels) return v;
  const each = channels / groups;
  return b.reshape(b.op('Expand', [b.reshape(v, [groups, 1])], { shape: [groups, each] }), [channels]);
}

/** Mean and inverse deviation are results of their own in ONNX; where they are read, the steps are written out. */
const layerNormalization: Rule = (node, b) => {
  if (!node.usesOutput(1) && !node.usesOutput(2) && hasRecord(node.type)) return readByRecord(node, b);
  const x = node.input(0);
  const rank = x.shape.length;
  const axes = axesFrom(readAxis(node, -1, rank), rank);
  const { y, mean, inverse } = standardize(b, x, axes, node.float('epsilon', 1e-5));
  const scaled = b.op('Mul', [y, inType(b, node.weight(1) ?? node.input(1), x)]);
  const bias = node.weight(2);
  return [bias ? b.op('Add', [scaled, inType(b, bias, x)]) : scaled, mean, inverse];
};

/** x / sqrt(mean(x²) + eps) * scale, over the axes from `axis` on. */
const rmsNormalization: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const axes = axesFrom(readAxis(node, -1, rank), rank);
  const square = b.op('ReduceMean', [b.op('Mul', [x, x])], { axes, keepDims: true });
  const inverse = b.op('Rsqrt', [b.op('Add', [square, b.scalar(node.float('epsilon', 1e-5), x.dtype)])]);
  return [b.op('Mul', [b.op('Mul', [x, inverse]), inType(b, node.weight(1) ?? node.input(1), x)])];
};

/** (x - mean) / (deviation + 1e-9), as the function body in ONNX's definition has it. */
const meanVarianceNormalization: Rule = (node, b) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const axes = node.ints('axes', [0, 2, 3]).map((a) => (a < 0 ? a + rank : a));
  if (axes.some((a) => a < 0 || a >= rank)) node.refuse(`has axes [${axes}] for a tensor of rank ${rank}`);
  const centred = b.op('Sub', [x, b.op('ReduceMean', [x], { axes, keepDims: true })]);
  const variance = b.op('ReduceMean', [b.op('Mul', [centred, centred])], { axes, keepDims: true });
  return [b.op('Div', [centred, b.op('Add', [b.op('Sqrt', [variance]), b.scalar(1e-9, x.dtype)])])];
};

const lpNormalization: Rule = (node, b) => {
  const x = node.input(0);
  const axis = readAxis(node, -1, x.shape.length);
  const p = node.int('p', 2);
  if (p !== 1 && p !== 2) node.refuse(`takes the norm of order ${p}, which ONNX does not define`);
  const norm = b.op(p === 1 ? 'ReduceL1' : 'ReduceL2', [x], { axes: [axis], keepDims: true });
  // A vector of zeros stays one.
  const zero = b.op('Equal', [norm, b.scalar(0, x.dtype)]);
  return [b.op('Div', [x, b.op('Where', [zero, b.scalar(1, x.dtype), norm])])];
};

export const normalizationRules: Record<string, Rule> = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LpNormalization: lpNormalization,
};
