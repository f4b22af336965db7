import type { Value } from '../../../ir/graph.js';
import type { LayerConfig } from '../config.js';
import type { LayerCall, Rules } from '../layer.js';

/**
 * x between `threshold` and `max_value`, 0 below, or `negative_slope` times the distance to the threshold
 * (keras/src/activations/activations.py, `ReLU.static_call`).
 */
function relu(call: LayerCall): Value {
  const x = call.float(call.x);
  const max = call.config.has('max_value') ? call.config.float('max_value') : Number.POSITIVE_INFINITY;
  const slope = call.config.float('negative_slope', 0);
  const threshold = call.config.float('threshold', 0);
  if (slope !== 0 && threshold === 0) {
    const leaky = call.op('LeakyRelu', [x], { alpha: slope });
    return max === Number.POSITIVE_INFINITY ? leaky : call.op('Clip', [leaky], { max });
  }
  const above = threshold === 0 ? positive(call, x, max) : beyond(call, x, threshold, max);
  if (slope === 0) return above;
  // above - slope · relu(threshold - x)
  const below = call.op('Relu', [call.op('Sub', [call.scalar('threshold', threshold), x])]);
  return call.op('Sub', [above, call.op('Mul', [below, call.scalar('slope', slope)])]);
}

const positive = (call: LayerCall, x: Value, max: number): Value =>
  max === Number.POSITIVE_INFINITY ? call.op('Relu', [x]) : call.op('Clip', [x], { min: 0, max });

function beyond(call: LayerCall, x: Value, threshold: number, max: number): Value {
  const kept = call.op('ThresholdedRelu', [x], { alpha: threshold });
  return max === Number.POSITIVE_INFINITY ? kept : call.op('Clip', [kept], { min: 0, max });
}

/** Keras 2 called the slope `alpha`. */
const slopeOf = (config: LayerConfig): number => config.float(config.has('negative_slope') ? 'negative_slope' : 'alpha', 0.3);

function prelu(call: LayerCall): Value {
  const { x } = call;
  const shared = call.config.has('shared_axes') ? call.config.ints('shared_axes') : [];
  // Axes are counted with the batch.
  const shape = x.shape.slice(1).map((d, i) => (shared.includes(i + 1) ? 1 : d));
  const { alpha } = call.weights({ alpha: shape });
  return call.op('PRelu', [x, call.constant('alpha', () => alpha.read())]);
}

function softmax(call: LayerCall): Value {
  const x = call.float(call.inputs[0] ?? call.x);
  const [axis] = call.config.ints('axis', [-1]);
  return call.op('Softmax', [x], { axis: call.axis(axis, x.shape.length) });
}

/** Activations that are layers, because they have parameters. */
export const activationLayers: Rules = {
  ReLU: { build: relu },
  LeakyReLU: { build: (call) => call.op('LeakyRelu', [call.x], { alpha: slopeOf(call.config) }) },
  ELU: { build: (call) => call.op('Elu', [call.x], { alpha: call.config.float('alpha', 1) }) },
  ThresholdedReLU: { build: (call) => call.op('ThresholdedRelu', [call.x], { alpha: call.config.float('theta', 1) }) },
  PReLU: { build: prelu },
  Softmax: {
    build: softmax,
    unsupported: (config) => (config.ints('axis', [-1]).length > 1 ? 'is a softmax over more than one axis' : undefined),
  },
};
