import type { Value } from '../../../ir/graph.js';
import { f32, type Tensor } from '../../../ir/tensor.js';
import type { LayerConfig } from '../config.js';
import { type LayerCall, type Rules, reshaped } from '../layer.js';

/** The shape in which a vector along `axis` broadcasts to a tensor of this rank. */
export const along = (axis: number, rank: number, size: number): number[] => [size, ...new Array<number>(rank - axis - 1).fill(1)];

/** x · scale + offset along an axis, with constants computed in double precision. */
export function scaleAndShift(call: LayerCall, x: Value, axis: number, scale: Float64Array, offset: Float64Array): Value {
  const vector = (values: Float64Array) => (): Tensor => f32(along(axis, x.shape.length, values.length), values);
  const scaled = call.op('Mul', [x, call.constant('scale', vector(scale))]);
  return call.op('Add', [scaled, call.constant('offset', vector(offset))]);
}

/** (x - moving_mean) / √(moving_variance + epsilon) · gamma + beta */
function batchNormalization(call: LayerCall): Value {
  const x = call.float(call.x);
  const { config } = call;
  const axis = call.axis(config.ints('axis', [-1])[0]);
  const size = [x.shape[axis]];
  const epsilon = config.float('epsilon', 1e-3);
  const weights = call.weights({
    gamma: config.bool('scale', true) && size,
    beta: config.bool('center', true) && size,
    moving_mean: size,
    moving_variance: size,
  });
  if (call.layer.constants.has('scale')) return scaleAndShift(call, x, axis, new Float64Array(), new Float64Array());
  const [gamma, beta] = [weights.gamma?.read().data, weights.beta?.read().data];
  const [mean, variance] = [weights.moving_mean.read().data, weights.moving_variance.read().data];
  const scale = Float64Array.from({ length: size[0] }, (_, i) => Number(gamma?.[i] ?? 1) / Math.sqrt(Number(variance[i]) + epsilon));
  const offset = Float64Array.from(scale, (s, i) => Number(beta?.[i] ?? 0) - Number(mean[i]) * s);
  return scaleAndShift(call, x, axis, scale, offset);
}

function unsupportedBatchNormalization(config: LayerConfig): string | undefined {
  if (config.bool('renorm', false)) return 'renormalizes its batches (renorm)';
  return config.ints('axis', [-1]).length > 1 ? 'normalizes along more than one axis' : undefined;
}

/** (x - mean) / √(variance + epsilon), both over `axes` */
function standardize(call: LayerCall, x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = call.op('Sub', [x, call.op('ReduceMean', [x], { axes })]);
  const variance = call.op('ReduceMean', [call.op('Square', [centred])], { axes });
  return call.op('Mul', [centred, call.op('Rsqrt', [call.op('Add', [variance, call.scalar('epsilon', epsilon)])])]);
}

/** Gamma and beta, each where the configuration has them, in a shape that broadcasts to x. */
function gammaBeta(call: LayerCall, stored: readonly number[], shape: readonly number[]): { gamma: Value | null; beta: Value | null } {
  const { config } = call;
  const { gamma, beta } = call.weights({ gamma: config.bool('scale', true) && stored, beta: config.bool('center', true) && stored });
  return {
    gamma: gamma ? call.constant('gamma', () => reshaped(gamma.read(), shape)) : null,
    beta: beta ? call.constant('beta', () => reshaped(beta.read(), shape)) : null,
  };
}

function affine(call: LayerCall, x: Value, gamma: Value | null, beta: Value | null): Value {
  const scaled = gamma ? call.op('Mul', [x, gamma]) : x;
  return beta ? call.op('Add', [scaled, beta]) : scaled;
}

/** Axes in order, counted from the front. */
const axesOf = (call: LayerCall, field = 'axis'): number[] =>
  call.config
    .ints(field, [-1])
    .map((a) => call.axis(a))
    .sort((a, b) => a - b);

function layerNormalization(call: LayerCall): Value {
  const x = call.float(call.x);
  const axes = axesOf(call);
  const epsilon = call.config.float('epsilon', 1e-3);
  const sizes = axes.map((a) => x.shape[a]);
  const trailing = axes.every((a, i) => a === x.shape.length - axes.length + i);
  if (trailing) {
    const { gamma, beta } = gammaBeta(call, sizes, sizes);
    return call.op('LayerNormalization', [x, gamma, beta], { axis: axes[0], epsilon });
  }
  const { gamma, beta } = gammaBeta(
    call,
    sizes,
    x.shape.map((d, i) => (axes.includes(i) ? d : 1)),
  );
  return affine(call, standardize(call, x, axes, epsilon), gamma, beta);
}

/** Channels in groups, each normalized over its channels and all positions. */
function groupNormalization(call: LayerCall): Value {
  const x = call.float(call.x);
  const axis = call.axis(call.config.int('axis', -1));
  const channels = x.shape[axis];
  const given = call.config.int('groups', 32);
  const groups = given === -1 ? channels : given;
  if (groups < 1 || channels % groups !== 0) call.fail(`splits ${channels} channels into ${groups} groups`);
  const split = [...x.shape.slice(0, axis), groups, channels / groups, ...x.shape.slice(axis + 1)];
  const axes = split.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const normal = standardize(call, call.reshape(x, split), axes, call.config.float('epsilon', 1e-3));
  const { gamma, beta } = gammaBeta(call, [channels], along(axis, x.shape.length, channels));
  return affine(call, call.reshape(normal, x.shape), gamma, beta);
}

/** x / √(mean x² + epsilon) · scale */
function rmsNormalization(call: LayerCall): Value {
  const x = call.float(call.x);
  const axes = axesOf(call);
  const mean = call.op('ReduceMean', [call.op('Square', [x])], { axes });
  const root = call.op('Rsqrt', [call.op('Add', [mean, call.scalar('epsilon', call.config.float('epsilon', 1e-6))])]);
  const { scale } = call.weights({ scale: axes.map((a) => x.shape[a]) });
  const shape = x.shape.map((d, i) => (axes.includes(i) ? d : 1));
  return call.op('Mul', [call.op('Mul', [x, root]), call.constant('scale', () => reshaped(scale.read(), shape))]);
}

/** x / max(‖x‖, 1e-6) (keras/src/layers/normalization/unit_normalization.py: the square is at least 1e-12) */
const unitNormalization = (call: LayerCall): Value =>
  call.op('L2Normalization', [call.float(call.x)], { axis: axesOf(call)[0], epsilon: 1e-6 });

export const normalizationLayers: Rules = {
  BatchNormalization: { build: batchNormalization, unsupported: unsupportedBatchNormalization },
  LayerNormalization: {
    build: layerNormalization,
    unsupported: (config) => (config.bool('rms_scaling', false) ? 'scales without a mean (rms_scaling)' : undefined),
  },
  GroupNormalization: { build: groupNormalization },
  RMSNormalization: { build: rmsNormalization },
  UnitNormalization: {
    build: unitNormalization,
    unsupported: (config) => (config.ints('axis', [-1]).length > 1 ? 'normalizes over more than one axis' : undefined),
  },
};
