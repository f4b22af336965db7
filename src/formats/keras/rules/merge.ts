import type { Value } from '../../../ir/graph.js';
import type { LayerCall, LayerRule, Rules } from '../layer.js';

/** Inputs of lower rank get axes after the batch until all have the same (keras/src/layers/merging/base_merge.py). */
function sameRank(call: LayerCall): Value[] {
  if (call.inputs.length < 2) call.fail(`merges ${call.inputs.length} tensors; it takes two or more`);
  const rank = Math.max(...call.inputs.map((v) => v.shape.length));
  return call.inputs.map((v) => call.reshape(v, [v.shape[0], ...new Array<number>(rank - v.shape.length).fill(1), ...v.shape.slice(1)]));
}

const chain =
  (op: string) =>
  (call: LayerCall): Value => {
    const [first, ...rest] = sameRank(call);
    return rest.reduce((a, b) => call.op(op, [a, b]), first);
  };

function subtract(call: LayerCall): Value {
  if (call.inputs.length !== 2) call.fail(`subtracts ${call.inputs.length} tensors; it takes two`);
  return chain('Sub')(call);
}

const average = (call: LayerCall): Value => call.op('Mul', [chain('Add')(call), call.scalar('one_over_n', 1 / call.inputs.length)]);

function concatenate(call: LayerCall): Value {
  const { inputs } = call;
  if (inputs.length === 0) call.fail('joins no tensors');
  const axis = call.axis(call.config.int('axis', -1), inputs[0].shape.length);
  return inputs.length === 1 ? inputs[0] : call.op('Concat', inputs, { axis });
}

/** The products of two tensors, sample by sample, summed over one axis of each; the others stay in order. */
function dot(call: LayerCall): Value {
  const [a, b] = call.inputs;
  if (call.inputs.length !== 2) call.fail(`multiplies ${call.inputs.length} tensors; it takes two`);
  const given = call.config.ints('axes');
  const [i, j] = [call.axis(given[0], a.shape.length), call.axis(given[1] ?? given[0], b.shape.length)];
  if (i === 0 || j === 0) call.refuse('sums over the batch');
  const unit = (x: Value, axis: number): Value =>
    call.config.bool('normalize', false) ? call.op('L2Normalization', [x], { axis, epsilon: 1e-6 }) : x;
  const n = a.shape[0];
  const others = (x: Value, axis: number): number[] => x.shape.map((_, k) => k).filter((k) => k !== 0 && k !== axis);
  const [ra, rb] = [others(a, i), others(b, j)];
  const rows = ra.map((k) => a.shape[k]);
  const columns = rb.map((k) => b.shape[k]);
  const count = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);
  const left = call.reshape(call.transpose(unit(a, i), [0, ...ra, i]), [n, count(rows), a.shape[i]]);
  const right = call.reshape(call.transpose(unit(b, j), [0, j, ...rb]), [n, b.shape[j], count(columns)]);
  const shape = [n, ...rows, ...columns];
  return call.reshape(call.op('MatMul', [left, right]), shape.length === 1 ? [n, 1] : shape);
}

const rule = (build: (call: LayerCall) => Value): LayerRule => ({ build });

export const mergeLayers: Rules = {
  Add: rule(chain('Add')),
  Subtract: rule(subtract),
  Multiply: rule(chain('Mul')),
  Maximum: rule(chain('Maximum')),
  Minimum: rule(chain('Minimum')),
  Average: rule(average),
  Concatenate: rule(concatenate),
  Dot: rule(dot),
};
