import type { Node, Value } from '../../../../ir/graph.js';
import { sizeOf, stridesOf } from '../../../../ir/types.js';
import { type Call, input, output, type Rule, struct } from '../../program.js';
import { collapse } from './axes.js';
import { boundsOf, needFloats } from './operands.js';

/** Operators by their C functions, `edgeml_…_f32` of kernels/binary_f32.h. */
const functions: Readonly<Record<string, string>> = {
  ...{ Add: 'add', Sub: 'sub', Mul: 'mul', Div: 'div', FloorDiv: 'floor_div', Pow: 'pow', Atan2: 'atan2', PRelu: 'prelu' },
  ...{ Maximum: 'maximum', Minimum: 'minimum', SquaredDifference: 'squared_difference', Mod: 'mod' },
  ...{ Equal: 'equal', NotEqual: 'not_equal', Less: 'less', LessEqual: 'less_equal', Greater: 'greater', GreaterEqual: 'greater_equal' },
};

function functionOf({ op, attrs }: Node): string {
  if (op !== 'Mod' || attrs.fmod) return functions[op];
  return attrs.zero === 'divisor' ? 'mod_divisor' : 'mod_floor';
}

/** How far an operand goes per step of each axis of the result: 0 where it repeats. */
function stepsIn(from: readonly number[], shape: readonly number[]): number[] {
  const strides = stridesOf(from);
  const missing = shape.length - from.length;
  return shape.map((_, axis) => (axis >= missing && from[axis - missing] !== 1 ? strides[axis - missing] : 0));
}

function binary(node: Node): Call[] {
  const [a, b] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  needFloats(a, b);
  const steps = [a, b].map((v) => stepsIn(v.shape, y.shape));
  const axes = collapse({ lengths: [...y.shape], steps: y.shape.map((_, i) => steps.map((s) => s[i])) });
  const [rowA = 0, rowB = 0] = axes.rowSteps;
  const params = struct('edgeml_broadcast_f32', {
    size: sizeOf(y.shape),
    row: axes.row,
    row_a: rowA,
    row_b: rowB,
    rank: axes.lengths.length,
    length: axes.lengths,
    step_a: axes.steps.map((s) => s[0]),
    step_b: axes.steps.map((s) => s[1]),
    clamped: (node.attrs.activation ?? 'none') !== 'none' ? 1 : 0,
    ...boundsOf(node),
  });
  return [
    {
      kernel: 'binary_f32',
      function: `edgeml_${functionOf(node)}_f32`,
      args: [input(a), input(b), output(y), params],
      overlaps: new Map([a, b].filter((v) => sizeOf(v.shape) === sizeOf(y.shape)).map((v) => [v, 0])),
    },
  ];
}

export const floatBinaryRules: readonly Rule[] = [{ ops: Object.keys(functions), types: ['float32'], lower: binary }];
