import type { Value } from '../../../ir/graph.js';
import { f32 } from '../../../ir/tensor.js';
import { sizeOf } from '../../../ir/types.js';
import { type LayerCall, type Rules, reshaped } from '../layer.js';
import { takeWeights } from '../weights.js';

/** x · scale + offset, each a number or one per channel. */
function rescaling(call: LayerCall): Value {
  const x = call.float(call.x);
  const constant = (field: string): Value => {
    const values = call.config.floats(field);
    const channels = call.channelsFirst ? [values.length, ...x.shape.slice(2).map(() => 1)] : [values.length];
    return call.constant(field, () => f32(values.length === 1 ? [] : channels, values));
  };
  const scaled = call.config.has('scale') ? call.op('Mul', [x, constant('scale')]) : x;
  const shifts = call.config.has('offset') && call.config.floats('offset').some((v) => v !== 0);
  return shifts ? call.op('Add', [scaled, constant('offset')]) : scaled;
}

/** Keras's smallest divisor (keras.config.epsilon). */
const epsilon = 1e-7;

/** Mean and variance as the layer has them: learnt by `adapt`, or given. They have the input's sizes along `axis`. */
function statistics(call: LayerCall, axes: readonly number[]): { mean: ArrayLike<number>; variance: ArrayLike<number> } {
  const { config } = call;
  if (config.has('mean') || config.has('input_mean')) {
    const field = (name: string): number[] => config.floats(config.has(name) ? name : `input_${name}`);
    return { mean: field('mean'), variance: field('variance') };
  }
  const shape = axes.map((a) => call.x.shape[a]);
  const stored = takeWeights(call.layer.weights, { mean: shape, variance: shape, count: [] }, config);
  return { mean: stored.mean.read().data as Float32Array, variance: stored.variance.read().data as Float32Array };
}

/** (x - mean) / √variance, or its inverse. */
function normalization(call: LayerCall): Value {
  const x = call.float(call.x);
  const axes = call.config.has('axis') ? call.config.ints('axis').map((a) => call.axis(a)) : [];
  const { mean, variance } = statistics(call, axes);
  const shape = x.shape.map((d, i) => (axes.includes(i) ? d : 1));
  const size = sizeOf(shape);
  const values = (list: ArrayLike<number>): Float64Array => {
    if (list.length !== size && list.length !== 1) call.fail(`has ${list.length} means or variances for ${size} channels`);
    return Float64Array.from({ length: size }, (_, i) => list[list.length === 1 ? 0 : i]);
  };
  const deviation = values(variance).map((v) => Math.max(Math.sqrt(v), epsilon));
  const means = values(mean);
  const inverse = call.config.bool('invert', false);
  const scale = inverse ? deviation : deviation.map((d) => 1 / d);
  const offset = inverse ? means : means.map((m, i) => -m / deviation[i]);
  const constant = (name: string, data: Float64Array): Value => call.constant(name, () => reshaped(f32([size], data), shape));
  return call.op('Add', [call.op('Mul', [x, constant('scale', scale)]), constant('offset', offset)]);
}

export const scalingLayers: Rules = {
  Rescaling: { build: rescaling },
  Normalization: { build: normalization },
};
