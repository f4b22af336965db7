import type { Node, Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import { type Call, input, NoKernel, output, type Rule, struct, type Target, table } from '../program.js';
import { gridsOf, multiplierOf } from './activations/grid.js';
import { int8Table } from './activations/int8.js';
import { int16Table, sigmoidTable, toSigmoidGrid } from './activations/int16.js';
import { type Slopes, slopesOf } from './activations/slopes.js';

/** Functions of one int8: a table of its 256 results. */
function int8(node: Node, { rounding }: Target): Call[] {
  return [lookup(node, int8Table(node, rounding))];
}

/** y = values[x] for bytes. */
export function lookup({ inputs, outputs }: Node, values: Int8Array): Call {
  const x = inputs[0] as Value;
  const [y] = outputs;
  return {
    kernel: 'lookup_s8',
    function: 'edgeml_lookup_s8',
    args: [input(x), output(y), table('lookup', 'int8_t', values), sizeOf(y.shape)],
    overlaps: new Map([[x, 0]]),
  };
}

function int16(node: Node): Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  const count = sizeOf(y.shape);
  const call = (kernel: string, name: string, args: Call['args']): Call[] => [
    { kernel, function: `edgeml_${name}`, args: [input(x), output(y), ...args], overlaps: new Map([[x, 0]]) },
  ];
  if (node.op === 'Sigmoid' || node.op === 'Tanh') {
    const { multiplier, shift } = toSigmoidGrid(node);
    return call('sigmoid_s16', `${node.op.toLowerCase()}_s16`, [table('sigmoid', 'uint16_t', sigmoidTable), count, multiplier, shift]);
  }
  const [from, to] = gridsOf(node);
  if (node.op === 'Rsqrt') {
    if (from.zeroPoint !== 0 || to.zeroPoint !== 0) throw new NoKernel('has an int16 operand whose zero point is not 0');
    const { multiplier, shift } = multiplierOf(1 / (Math.sqrt(from.scale) * to.scale));
    if (shift < -11) throw new NoKernel('has an output grid too coarse for its results');
    return call('rsqrt_s16', 'rsqrt_s16', [count, multiplier, shift - 20]);
  }
  const slopes = slopesOf(node);
  if (slopes) return call('rescale', 'rescale_s16', [count, rescaleParams(slopes)]);
  const samples = int16Table(node);
  if (!samples) throw new NoKernel('takes no int16 in C');
  return call('lookup_s16', 'lookup_s16', [table('samples', 'int16_t', samples), count]);
}

export const rescaleParams = (s: Slopes) =>
  struct('edgeml_rescale_params', {
    input_zero: s.inputZero,
    output_zero: s.outputZero,
    multiplier: s.positive.multiplier,
    shift: s.positive.shift,
    negative_multiplier: s.negative.multiplier,
    negative_shift: s.negative.shift,
    min: s.min,
    max: s.max,
  });

const both = ['Relu', 'Clip', 'LeakyRelu', 'Abs', 'Neg', 'Sigmoid', 'Tanh', 'Exp', 'Log', 'Rsqrt'];

export const activationRules: readonly Rule[] = [
  { ops: [...both, 'HardSwish', 'Elu', 'Gelu'], types: ['int8'], lower: int8 },
  { ops: both, types: ['int16'], lower: int16 },
];
