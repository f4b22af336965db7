import type { Value } from '../../ir/graph.js';
import { operators } from '../../ops/index.js';
import { isObject, type Json, LayerConfig } from './config.js';
import { type LayerCall, tensorsOf } from './layer.js';
import { activationLayers } from './rules/activation-layers.js';

type Activation = (call: LayerCall, x: Value) => Value;

/** Activations that are an operator as they are, by the records' own names. */
const records = new Map<string, Activation>(
  operators.flatMap((op) => {
    const name = op.keras?.activation;
    return name === undefined ? [] : [[name, (call: LayerCall, x: Value) => call.op(op.name, [x])] as const];
  }),
);

/** x · sigmoid of the other half. */
function glu(call: LayerCall, x: Value): Value {
  const axis = x.shape.length - 1;
  const half = x.shape[axis] / 2;
  if (!Number.isInteger(half)) call.fail(`halves ${x.shape[axis]} channels, which is odd`);
  const [a, b] = call.b.node('Split', [x], { axis, sizes: [half, half] }, { name: `${call.name}/Split` });
  return call.op('Mul', [a, call.op('Sigmoid', [b])]);
}

/** (max(x, -1) + 1)² / 4 up to 1, x from there on: max of both, because the square lies above x everywhere else. */
function sparsePlus(call: LayerCall, x: Value): Value {
  const square = call.op('Square', [call.op('Add', [call.op('Clip', [x], { min: -1, max: 1 }), call.scalar('one', 1)])]);
  return call.op('Maximum', [x, call.op('Mul', [square, call.scalar('quarter', 0.25)])]);
}

/** (x + √(x² + 4)) / 2 */
function squareplus(call: LayerCall, x: Value): Value {
  const root = call.op('Sqrt', [call.op('Add', [call.op('Square', [x]), call.scalar('four', 4)])]);
  return call.op('Mul', [call.op('Add', [x, root]), call.scalar('half', 0.5)]);
}

const lastAxis = (x: Value): number => x.shape.length - 1;
const table: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu6: (call, x) => call.op('Clip', [x], { min: 0, max: 6 }),
  softmax: (call, x) => call.op('Softmax', [x], { axis: lastAxis(x) }),
  log_softmax: (call, x) => call.op('LogSoftmax', [x], { axis: lastAxis(x) }),
  leaky_relu: (call, x) => call.op('LeakyRelu', [x], { alpha: 0.2 }),
  // Keras 3 took over the definition of other frameworks: relu6(x + 3) / 6.
  hard_sigmoid: (call, x) => call.op('HardSigmoid', [x], { alpha: call.context.keras2 ? 0.2 : 1 / 6, beta: 0.5 }),
  celu: (call, x) => call.op('Celu', [x], { alpha: 1 }),
  hard_tanh: (call, x) => call.op('Clip', [x], { min: -1, max: 1 }),
  hard_shrink: (call, x) => call.op('Shrink', [x], { bias: 0, lambd: 0.5 }),
  soft_shrink: (call, x) => call.op('Shrink', [x], { bias: 0.5, lambd: 0.5 }),
  tanh_shrink: (call, x) => call.op('Sub', [x, call.op('Tanh', [x])]),
  sparse_sigmoid: (call, x) => call.op('HardSigmoid', [x], { alpha: 0.5, beta: 0.5 }),
  // log σ(x) = -softplus(-x)
  log_sigmoid: (call, x) => call.op('Neg', [call.op('Softplus', [call.op('Neg', [x])])]),
  sparse_plus: sparsePlus,
  squareplus,
  glu,
};

/** Other spellings, of older versions and of functions of tf.nn. */
const aliases: Readonly<Record<string, string>> = { swish: 'silu', hard_swish: 'hard_silu', exp: 'exponential', hardswish: 'hard_silu' };

const find = (name: string): Activation | undefined => {
  const plain = name.replace(/^(tf\.)?(keras\.activations\.|nn\.)/, '');
  const known = aliases[plain] ?? plain;
  return Object.hasOwn(table, known) ? table[known] : records.get(known);
};

/** The name of an activation function as a configuration holds it; undefined where it holds a layer or something else. */
function nameOf(spec: Json | undefined): string | undefined {
  if (spec === undefined || spec === null) return 'linear';
  if (typeof spec === 'string') return spec;
  return isObject(spec) && spec.class_name === 'function' && typeof spec.config === 'string' ? spec.config : undefined;
}

/** Why an activation is not supported, as the end of a sentence; undefined where it is. */
export function unsupportedActivation(spec: Json | undefined): string | undefined {
  const name = nameOf(spec);
  if (name !== undefined) return find(name) ? undefined : `has the activation '${name}', which edgeml does not know`;
  if (!isObject(spec) || typeof spec.class_name !== 'string') return 'has an activation that is no name and no layer';
  const rule = activationLayers[spec.class_name];
  if (!rule) return `has the activation '${spec.class_name}', which edgeml does not know`;
  return rule.unsupported?.(new LayerConfig(spec, 'the activation'));
}

/** The layer's activation of x, by its configuration's field. */
export function activate(call: LayerCall, x: Value, field = 'activation'): Value {
  return activateBy(call, x, call.config.fields[field]);
}

/** As {@link activate}, by a specification taken from anywhere. */
export function activateBy(call: LayerCall, x: Value, spec: Json | undefined): Value {
  const name = nameOf(spec);
  const activation = name === undefined ? undefined : find(name);
  if (activation) return activation(call, x);
  const reason = unsupportedActivation(spec);
  if (reason !== undefined || !isObject(spec)) return call.refuse(reason ?? 'has no activation');
  const config = new LayerConfig(spec, `the activation of layer '${call.name}'`);
  return tensorsOf(activationLayers[config.className].build(call.inner(config, [x])))[0];
}
