import type { Value } from '../../../ir/graph.js';
import { fromNumbers, toNumbers } from '../../../ir/tensor.js';
import { sizeOf } from '../../../ir/types.js';
import type { RuleBuilder } from '../builder.js';
import type { RuleNode } from '../node.js';
import type { Rule } from '../records.js';

/** A sequence longer than this is not written out. */
const maxSteps = 1024;

/** What one step of a cell has: W·x + biases of this step [N,gates*H], the state h [N,H], and for an LSTM its cell state. */
interface Step {
  readonly input: Value;
  readonly h: Value;
  readonly c: Value | null;
}

/** The weights of one direction. */
interface Weights {
  readonly recurrent: Value;
  readonly recurrentBias: Value | null;
  readonly peepholes: Value | null;
  readonly activations: readonly ((b: RuleBuilder, x: Value) => Value)[];
}

type Cell = (node: RuleNode, b: RuleBuilder, step: Step, weights: Weights) => { h: Value; c: Value | null };

const part = (b: RuleBuilder, x: Value, axis: number, start: number, end: number): Value => {
  const starts = x.shape.map((_, i) => (i === axis ? start : 0));
  return b.op('Slice', [x], { starts, ends: x.shape.map((d, i) => (i === axis ? end : d)), steps: starts.map(() => 1) });
};

/** Element `i` of the first axis. */
const element = (b: RuleBuilder, x: Value, i: number): Value => b.reshape(part(b, x, 0, i, i + 1), x.shape.slice(1));

const optional = (b: RuleBuilder, v: Value | null | undefined, i: number): Value | null => (v ? element(b, v, i) : null);

const add = (b: RuleBuilder, x: Value, y: Value | null): Value => (y ? b.op('Add', [x, y]) : x);

/** Gates lie one after the other along the last axis. */
const gate = (b: RuleBuilder, x: Value, i: number, size: number): Value => part(b, x, x.shape.length - 1, i * size, (i + 1) * size);

function limited(node: RuleNode, b: RuleBuilder, x: Value): Value {
  const clip = node.float('clip', 0);
  return clip > 0 ? b.op('Clip', [x], { min: -clip, max: clip }) : x;
}

const rnnCell: Cell = (node, b, { input, h }, { recurrent, recurrentBias, activations: [f] }) => {
  const sum = b.op('Add', [input, b.op('FullyConnected', [h, recurrent, recurrentBias])]);
  return { h: f(b, limited(node, b, sum)), c: null };
};

/** Gates in the order input, output, forget, cell. */
const lstmCell: Cell = (node, b, { input, h, c }, { recurrent, recurrentBias, peepholes, activations: [f, g, k] }) => {
  const size = h.shape[1];
  const cell = c as Value;
  const sum = b.op('Add', [input, b.op('FullyConnected', [h, recurrent, recurrentBias])]);
  const peep = (i: number, state: Value) => peepholes && b.op('Mul', [gate(b, peepholes, i, size), state]);
  const enter = f(b, limited(node, b, add(b, gate(b, sum, 0, size), peep(0, cell))));
  const forget = f(b, limited(node, b, add(b, gate(b, sum, 2, size), peep(2, cell))));
  const fresh = g(b, limited(node, b, gate(b, sum, 3, size)));
  const next = b.op('Add', [b.op('Mul', [forget, cell]), b.op('Mul', [enter, fresh])]);
  const leave = f(b, limited(node, b, add(b, gate(b, sum, 1, size), peep(1, next))));
  return { h: b.op('Mul', [leave, k(b, next)]), c: next };
};

/** Gates in the order update, reset, hidden. */
const gruCell: Cell = (node, b, { input, h }, { recurrent, recurrentBias, activations: [f, g] }) => {
  const size = h.shape[1];
  const rows = (from: number, to: number, state: Value) =>
    b.op('FullyConnected', [
      state,
      part(b, recurrent, 0, from * size, to * size),
      recurrentBias && part(b, recurrentBias, 0, from * size, to * size),
    ]);
  const gates = f(b, limited(node, b, b.op('Add', [gate2(b, input, size), rows(0, 2, h)])));
  const update = gate(b, gates, 0, size);
  const reset = gate(b, gates, 1, size);
  const after = node.int('linear_before_reset', 0) !== 0;
  const hidden = after ? b.op('Mul', [reset, rows(2, 3, h)]) : rows(2, 3, b.op('Mul', [reset, h]));
  const fresh = g(b, limited(node, b, b.op('Add', [gate(b, input, 2, size), hidden])));
  // (1 - z) * fresh + z * h
  const next = b.op('Add', [fresh, b.op('Mul', [update, b.op('Sub', [h, fresh])])]);
  return { h: next, c: null };
};

const gate2 = (b: RuleBuilder, x: Value, size: number): Value => part(b, x, x.shape.length - 1, 0, 2 * size);

const activationOps: Record<string, string> = {
  relu: 'Relu',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  softsign: 'Softsign',
  softplus: 'Softplus',
};

/** The activations of all directions, in order; those with parameters of their own are refused. */
function activationsOf(node: RuleNode, defaults: readonly string[], directions: number): ((b: RuleBuilder, x: Value) => Value)[] {
  const names = node.strings('activations', Array.from({ length: directions }, () => defaults).flat());
  if (names.length !== defaults.length * directions) node.refuse(`has ${names.length} activations for ${directions} directions`);
  return names.map((name) => {
    const op = activationOps[name.toLowerCase()] ?? node.refuse(`has the activation '${name}'`);
    return (b, x) => b.op(op, [x]);
  });
}

/** A recurrent layer with the steps of its sequence written out, which needs a fixed length. */
const recurrent =
  (cell: Cell, gates: number, defaults: readonly string[], hasCellState: boolean): Rule =>
  (node, b) => {
    const direction = node.string('direction', 'forward');
    if (!['forward', 'reverse', 'bidirectional'].includes(direction)) node.refuse(`has the direction '${direction}'`);
    const directions = direction === 'bidirectional' ? 2 : 1;
    const batchFirst = node.int('layout', 0) !== 0;
    if (node.input(0).shape.length !== 3) node.refuse(`works on data of shape [${node.input(0).shape}], not [steps, batch, features]`);
    if (node.int('input_forget', 0) !== 0) node.refuse('couples its input and forget gates');
    const x = batchFirst ? b.transpose(node.input(0), [1, 0, 2]) : node.input(0);
    const [steps, batch] = x.shape;
    const [w, r, bias] = [node.weight(1) ?? node.input(1), node.weight(2) ?? node.input(2), node.weight(3)];
    const size = r.shape[2];
    if (w.shape[0] !== directions || r.shape[0] !== directions || r.shape[1] !== gates * size || steps < 1) {
      node.refuse(`has weights of shape [${w.shape}] and [${r.shape}] for ${steps} steps in ${directions} directions`);
    }
    if (steps > maxSteps) node.refuse(`has more than ${maxSteps} steps`);
    if (node.inputs[4] && toNumbers(node.constant(4)).some((n: number) => n !== steps)) node.refuse('has sequences of different lengths');
    const states = (i: number) => node.inputs[i] && (batchFirst ? b.transpose(node.input(i), [1, 0, 2]) : node.input(i));
    const zeros = b.constant(fromNumbers(x.dtype, [batch, size], new Float32Array(sizeOf([batch, size]))));
    const activations = activationsOf(node, defaults, directions);
    const runs = Array.from({ length: directions }, (_, d) => {
      const backwards = direction === 'reverse' || d === 1;
      const both = optional(b, bias, d);
      const weights = {
        recurrent: element(b, r, d),
        recurrentBias: both && part(b, both, 0, gates * size, 2 * gates * size),
        peepholes: optional(b, node.inputs[7], d),
        activations: activations.slice(d * defaults.length, (d + 1) * defaults.length),
      };
      const projected = b.op('FullyConnected', [x, element(b, w, d), both && part(b, both, 0, 0, gates * size)]);
      let h = optional(b, states(5), d) ?? zeros;
      let c = hasCellState ? (optional(b, states(6), d) ?? zeros) : null;
      const outs: Value[] = [];
      for (let i = 0; i < steps; i++) {
        const at = backwards ? steps - 1 - i : i;
        ({ h, c } = cell(node, b, { input: element(b, projected, at), h, c }, weights));
        outs[at] = h;
      }
      return { outs, h, c };
    });
    const stacked = (parts: readonly Value[], shape: readonly number[]) => {
      const rows = parts.map((v) => b.reshape(v, shape));
      return rows.length === 1 ? rows[0] : b.op('Concat', rows, { axis: 0 });
    };
    const perDirection = (parts: readonly Value[]) => {
      const all = stacked(parts, [1, batch, size]);
      return batchFirst ? b.transpose(all, [1, 0, 2]) : all;
    };
    const byStep = Array.from({ length: steps }, (_, i) =>
      stacked(
        runs.map((run) => run.outs[i]),
        [1, batch, size],
      ),
    );
    const all = stacked(byStep, [1, directions, batch, size]);
    const last = perDirection(runs.map((run) => run.h));
    const cells = hasCellState ? [perDirection(runs.map((run) => run.c as Value))] : [];
    return [batchFirst ? b.transpose(all, [2, 0, 1, 3]) : all, last, ...cells];
  };

export const recurrentRules: Record<string, Rule> = {
  RNN: recurrent(rnnCell, 1, ['Tanh'], false),
  LSTM: recurrent(lstmCell, 4, ['Sigmoid', 'Tanh', 'Tanh'], true),
  GRU: recurrent(gruCell, 3, ['Sigmoid', 'Tanh'], false),
};
