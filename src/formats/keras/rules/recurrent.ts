import type { Value } from '../../../ir/graph.js';
import { f32, type Tensor, zeros } from '../../../ir/tensor.js';
import { activateBy, unsupportedActivation } from '../activations.js';
import { LayerConfig } from '../config.js';
import type { StoredTensor } from '../hdf5.js';
import { type LayerCall, type LayerRule, type Rules, tensorsOf, transposed } from '../layer.js';
import { maxSteps } from '../limits.js';

/** What a cell does: from the projected input of a step and the states before it to the states after it; the first is the output. */
type Step = (cell: Cell, x: Value, states: readonly Value[]) => Value[];

interface Kind {
  readonly gates: number;
  readonly states: number;
  readonly step: Step;
}

/** One recurrent layer being written: its weights as constants and its configuration. */
interface Cell {
  readonly call: LayerCall;
  readonly config: LayerConfig;
  readonly units: number;
  /** h · recurrent kernel, plus the bias that belongs to it. */
  readonly recur: (h: Value, part?: readonly [number, number]) => Value;
  readonly activate: (x: Value) => Value;
  readonly gate: (x: Value) => Value;
}

const split = ({ call, units }: Cell, z: Value): Value[] =>
  call.b.node('Split', [z], { axis: 1, sizes: new Array<number>(z.shape[1] / units).fill(units) }, { name: `${call.name}/Split` });

const simple: Step = (cell, x, [h]) => [cell.activate(cell.call.op('Add', [x, cell.recur(h)]))];

/** Gates in the order input, forget, cell, output. */
const lstm: Step = (cell, x, [h, c]) => {
  const { call } = cell;
  const [i, f, g, o] = split(cell, call.op('Add', [x, cell.recur(h)]));
  const kept = call.op('Mul', [cell.gate(f), c]);
  const next = call.op('Add', [kept, call.op('Mul', [cell.gate(i), cell.activate(g)])]);
  return [call.op('Mul', [cell.gate(o), cell.activate(next)]), next];
};

/** Gates in the order update, reset, candidate. The reset gate acts after or before the product with the recurrent kernel. */
const gru: Step = (cell, x, [h]) => {
  const { call, units } = cell;
  const [xz, xr, xh] = split(cell, x);
  const after = cell.config.bool('reset_after', false);
  const [rz, rr, rh] = split(cell, cell.recur(h, after ? [0, 3 * units] : [0, 2 * units]));
  const z = cell.gate(call.op('Add', [xz, rz]));
  const r = cell.gate(call.op('Add', [xr, rr]));
  const memory = after ? call.op('Mul', [r, rh]) : cell.recur(call.op('Mul', [r, h]), [2 * units, 3 * units]);
  const candidate = cell.activate(call.op('Add', [xh, memory]));
  // z·h + (1 - z)·candidate
  return [call.op('Add', [candidate, call.op('Mul', [z, call.op('Sub', [h, candidate])])])];
};

const kinds: Readonly<Record<string, Kind>> = {
  SimpleRNN: { gates: 1, states: 1, step: simple },
  LSTM: { gates: 4, states: 2, step: lstm },
  GRU: { gates: 3, states: 1, step: gru },
};

/** Rows [from, to) of the transposed kernel. */
const rows = (t: Tensor, from: number, to: number): Tensor => ({
  ...t,
  shape: [to - from, t.shape[1]],
  data: t.data.subarray(from * t.shape[1], to * t.shape[1]),
});

interface Weights {
  readonly kernel: StoredTensor;
  readonly recurrent: StoredTensor;
  readonly bias?: StoredTensor;
}

/** The shapes of a layer's weights, by where they stand below `prefix`. */
function slots(config: LayerConfig, inputs: number, prefix = ''): Record<string, readonly number[] | false> {
  const units = config.int('units');
  const width = units * kinds[config.className].gates;
  const double = config.className === 'GRU' && config.bool('reset_after', false);
  return {
    [`${prefix}cell/kernel`]: [inputs, width],
    [`${prefix}cell/recurrent_kernel`]: [units, width],
    [`${prefix}cell/bias`]: config.bool('use_bias', true) && (double ? [2, width] : [width]),
  };
}

const pick = (all: Record<string, StoredTensor>, prefix = ''): Weights => ({
  kernel: all[`${prefix}cell/kernel`],
  recurrent: all[`${prefix}cell/recurrent_kernel`],
  bias: all[`${prefix}cell/bias`],
});

function cellOf(call: LayerCall, config: LayerConfig, weights: Weights, prefix: string): Cell & { project: (x: Value) => Value } {
  const units = config.int('units');
  const width = units * kinds[config.className].gates;
  const bias = weights.bias?.read();
  const part = (from: number): Tensor => f32([width], (bias as Tensor).data.subarray(from, from + width) as Float32Array);
  const own = bias?.shape.length === 2;
  const recurrent = transposed(weights.recurrent.read(), [1, 0]);
  return {
    call,
    config,
    units,
    project: (x) => {
      const w = call.constant(`${prefix}kernel`, () => transposed(weights.kernel.read(), [1, 0]));
      return call.op('FullyConnected', [x, w, bias ? call.constant(`${prefix}bias`, () => part(0)) : null]);
    },
    recur: (h, [from, to] = [0, width]) => {
      const suffix = to - from === width ? '' : `_${from / units}`;
      const w = call.constant(`${prefix}recurrent_kernel${suffix}`, () => rows(recurrent, from, to));
      return call.op('FullyConnected', [h, w, own ? call.constant(`${prefix}recurrent_bias`, () => part(width)) : null]);
    },
    activate: (x) => activateBy(call, x, config.fields.activation ?? 'tanh'),
    gate: (x) => activateBy(call, x, config.fields.recurrent_activation ?? 'sigmoid'),
  };
}

/** The outputs of every step in time's order, and the last states. */
function unroll(
  call: LayerCall,
  config: LayerConfig,
  weights: Weights,
  x: Value,
  given: readonly Value[],
  backwards: boolean,
  prefix = '',
) {
  const { states: count, step } = kinds[config.className];
  const [n, steps] = x.shape;
  if (steps > maxSteps) call.refuse(`has ${steps} time steps; at most ${maxSteps} are unrolled`);
  if (steps === 0) call.fail('has no time steps');
  const cell = cellOf(call, config, weights, prefix);
  const projected = cell.project(x);
  const width = projected.shape[2];
  if (given.length !== 0 && given.length !== count) call.fail(`is given ${given.length} states; it has ${count}`);
  const initial = (): Value => call.constant('zero_state', () => zeros('float32', [n, cell.units]));
  let states: readonly Value[] = given.length > 0 ? given : Array.from({ length: count }, initial);
  const outputs = new Array<Value>(steps);
  for (let i = 0; i < steps; i++) {
    const t = backwards ? steps - 1 - i : i;
    const slice = call.op('Slice', [projected], { starts: [0, t, 0], ends: [n, t + 1, width], steps: [1, 1, 1] });
    states = step(cell, call.reshape(slice, [n, width]), states);
    outputs[t] = states[0];
  }
  return { outputs, states };
}

function sequence(call: LayerCall, outputs: readonly Value[]): Value {
  const [n, units] = outputs[0].shape;
  const parts = outputs.map((y) => call.reshape(y, [n, 1, units]));
  return parts.length === 1 ? parts[0] : call.op('Concat', parts, { axis: 1 });
}

/** Initial states come after the sequence, in one list with it or as an argument of their own. */
function initialStates(call: LayerCall): Value[] {
  if (call.inputs.length > 1) return call.inputs.slice(1);
  return tensorsOf(call.kwargs.initial_state ?? call.args[1]);
}

function sequenceOf(call: LayerCall): Value {
  const x = call.float(call.inputs[0] ?? call.x);
  if (x.shape.length !== 3) call.fail(`is called on a tensor of shape [${x.shape}]; it takes [batch, steps, features]`);
  return x;
}

function recurrent(call: LayerCall): Value[] {
  const { config } = call;
  const x = sequenceOf(call);
  const weights = pick(call.weights(slots(config, x.shape[2])));
  const backwards = config.bool('go_backwards', false);
  const { outputs, states } = unroll(call, config, weights, x, initialStates(call), backwards);
  // A layer that goes backwards gives its outputs in the order in which it made them.
  const y = config.bool('return_sequences', false) ? sequence(call, backwards ? outputs.toReversed() : outputs) : states[0];
  return config.bool('return_state', false) ? [y, ...states] : [y];
}

const merges: Readonly<Record<string, (call: LayerCall, a: Value, b: Value) => Value>> = {
  concat: (call, a, b) => call.op('Concat', [a, b], { axis: a.shape.length - 1 }),
  sum: (call, a, b) => call.op('Add', [a, b]),
  mul: (call, a, b) => call.op('Mul', [a, b]),
  ave: (call, a, b) => call.op('Mul', [call.op('Add', [a, b]), call.scalar('half', 0.5)]),
};

const directions = (config: LayerConfig): [LayerConfig, LayerConfig] => {
  const where = `Layer '${config.name}'`;
  return [new LayerConfig(config.fields.layer, where), new LayerConfig(config.fields.backward_layer ?? config.fields.layer, where)];
};

function bidirectional(call: LayerCall): Value[] {
  const x = sequenceOf(call);
  const [forward, backward] = directions(call.config);
  const [f, b] = ['forward_layer/', 'backward_layer/'];
  const all = call.weights({ ...slots(forward, x.shape[2], f), ...slots(backward, x.shape[2], b) });
  const given = initialStates(call);
  const half = given.length / 2;
  const there = unroll(call, forward, pick(all, f), x, given.slice(0, half), false, 'forward_');
  const back = unroll(call, backward, pick(all, b), x, given.slice(half), true, 'backward_');
  const y = [there, back].map(({ outputs, states }) => (forward.bool('return_sequences', false) ? sequence(call, outputs) : states[0]));
  const mode = call.config.fields.merge_mode === undefined ? 'concat' : call.config.fields.merge_mode;
  const merged = mode === null ? y : [merges[mode as string](call, y[0], y[1])];
  return forward.bool('return_state', false) ? [...merged, ...there.states, ...back.states] : merged;
}

function unsupportedRecurrent(config: LayerConfig): string | undefined {
  if (config.bool('stateful', false)) return 'keeps its state from call to call (stateful)';
  if (config.bool('time_major', false)) return 'takes time before the batch (time_major)';
  return unsupportedActivation(config.fields.activation) ?? unsupportedActivation(config.fields.recurrent_activation);
}

function unsupportedBidirectional(config: LayerConfig): string | undefined {
  for (const layer of directions(config)) {
    const reason = Object.hasOwn(kinds, layer.className)
      ? unsupportedRecurrent(layer)
      : `wraps a ${layer.className}, which is not supported`;
    if (reason) return reason;
  }
  const mode = config.fields.merge_mode ?? null;
  return mode === null || (typeof mode === 'string' && Object.hasOwn(merges, mode)) ? undefined : `merges by '${mode}', which is not known`;
}

const rule: LayerRule = { build: recurrent, unsupported: unsupportedRecurrent };

export const recurrentLayers: Rules = {
  SimpleRNN: rule,
  LSTM: rule,
  GRU: rule,
  Bidirectional: { build: bidirectional, unsupported: unsupportedBidirectional },
};
