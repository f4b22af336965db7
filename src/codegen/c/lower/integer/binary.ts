import type { Node, Value } from '../../../../ir/graph.js';
import { type DType, sameShape, sizeOf } from '../../../../ir/types.js';
import { type Activation, fusable } from '../../../../ops/families/activation.js';
import { integerTypes } from '../../../../ops/families/elementwise-types.js';
import { limits } from '../../../../ops/families/exact.js';
import { type Call, input, NoKernel, output, type Rule, struct } from '../../program.js';
import { elementTable } from '../movement/fill.js';
import { atLeastOne, isEmpty, loopTable, sameGrid } from '../movement/loops.js';
import { broadcastLoops } from './broadcast.js';
import { plain, suffixOf } from './types.js';

/** The kernel of a node, `add`; `check` says which values the integers may stand for. */
const binary =
  (name: (node: Node) => string, check: (...values: readonly Value[]) => void): Rule['lower'] =>
  (node) => {
    const [a, b] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    check(a, b, y);
    if (a.dtype !== b.dtype) throw new NoKernel(`takes no ${a.dtype} with ${b.dtype}`);
    if (isEmpty(y)) return [];
    const loops = atLeastOne(broadcastLoops(y.shape, [a.shape, b.shape]), 2);
    const call: Call = {
      kernel: 'integer_binary',
      function: `edgeml_${name(node)}_${suffixOf(a)}`,
      args: [input(a), input(b), output(y), struct('edgeml_broadcast_params', { loops: loopTable(loops), depth: loops.length })],
      overlaps: new Map([a, b].filter((v) => sameShape(v.shape, y.shape)).map((v) => [v, 0])),
    };
    const activation = (node.attrs.activation ?? 'none') as Activation;
    return activation === 'none' ? [call] : [call, clamp(y, y, fusable[activation][0], fusable[activation][1])];
  };

/** x between two numbers, as many of which as the type can hold. */
export function clamp(x: Value, y: Value, min: number, max: number): Call {
  const { low, high } = limits(x.dtype);
  const within = (v: number): number | bigint =>
    v <= Number(low) ? low : v >= Number(high) ? high : typeof low === 'bigint' ? BigInt(v) : v;
  return {
    kernel: 'integer_unary',
    function: `edgeml_clip_${suffixOf(x)}`,
    args: [input(x), output(y), sizeOf(y.shape), elementTable('bounds', x, [within(min), within(max)])],
    ...(x !== y && { overlaps: new Map([[x, 0]]) }),
  };
}

const types: readonly DType[] = integerTypes;
const withBooleans: readonly DType[] = [...integerTypes, 'bool'];

const arithmetic = (op: string, name: string): Rule => ({ ops: [op], types, lower: binary(() => name, plain) });

/** Comparisons: integers on one grid compare as what they stand for. */
const comparison = (op: string, name: string): Rule => ({
  ops: [op],
  types: withBooleans,
  lower: binary(
    () => name,
    (a, b) => sameGrid(a, b),
  ),
});

const logical = (op: string, name: string): Rule => ({ ops: [op], types: ['bool'], lower: binary(() => name, plain) });

const extremum = (op: string, name: string): Rule => ({ ops: [op], types, lower: binary(() => name, sameGrid) });

export const integerBinaryRules: readonly Rule[] = [
  arithmetic('Add', 'add'),
  arithmetic('Sub', 'sub'),
  arithmetic('Mul', 'mul'),
  arithmetic('Div', 'div'),
  arithmetic('FloorDiv', 'floor_div'),
  arithmetic('Pow', 'pow'),
  arithmetic('SquaredDifference', 'squared_difference'),
  arithmetic('BitwiseAnd', 'and'),
  arithmetic('BitwiseOr', 'or'),
  arithmetic('BitwiseXor', 'xor'),
  { ops: ['Mod'], types, lower: binary(({ attrs }) => (attrs.fmod ? 'fmod' : 'mod'), plain) },
  { ops: ['BitShift'], types, lower: binary(({ attrs }) => (attrs.direction === 'LEFT' ? 'shift_left' : 'shift_right'), plain) },
  extremum('Maximum', 'maximum'),
  extremum('Minimum', 'minimum'),
  comparison('Equal', 'equal'),
  comparison('NotEqual', 'not_equal'),
  comparison('Less', 'less'),
  comparison('LessEqual', 'less_equal'),
  comparison('Greater', 'greater'),
  comparison('GreaterEqual', 'greater_equal'),
  logical('And', 'and'),
  logical('Or', 'or'),
  logical('Xor', 'xor'),
];
