import type { Node, Value } from '../../../../ir/graph.js';
import { type Call, input, NoKernel, output, type Rule, struct } from '../../program.js';
import { perTensorOf, quantizeMultiplier } from '../../requantize.js';
import { multiplierOf } from '../activations/grid.js';
import { isEmpty, loopTable, sameGrid } from '../movement/loops.js';
import { broadcastLoops, inPlace, suffixOf } from './broadcast.js';

/** 1 for less, 2 for equal, 4 for greater. */
const relations: Readonly<Record<string, number>> = { Less: 1, Equal: 2, Greater: 4, LessEqual: 3, NotEqual: 5, GreaterEqual: 6 };

const operandsOf = (node: Node): [a: Value, b: Value, y: Value] => [...(node.inputs as readonly [Value, Value]), node.outputs[0]];

function compare(node: Node): Call[] {
  const [a, b, y] = operandsOf(node);
  if (isEmpty(y)) return [];
  const loops = broadcastLoops(y.shape, [a.shape, b.shape]);
  const [ga, gb] = [perTensorOf(a), perTensorOf(b)];
  const [ma, mb] = [multiplierOf(ga.scale), multiplierOf(gb.scale)];
  const params = struct('edgeml_compare_params', {
    loops: loopTable(loops),
    depth: loops.length,
    a_zero: ga.zeroPoint,
    a_multiplier: ma.multiplier,
    a_shift: ma.shift,
    b_zero: gb.zeroPoint,
    b_multiplier: mb.multiplier,
    b_shift: mb.shift,
    relation: relations[node.op],
  });
  return [
    {
      kernel: 'compare_quantized',
      function: `edgeml_compare_${suffixOf(a)}`,
      args: [input(a), input(b), output(y), params],
      overlaps: inPlace(y, [a, b]),
    },
  ];
}

/** TensorFlow Lite's SQUARED_DIFFERENCE: operands in units of twice the larger scale, with 7 more bits for int8. */
function squaredDifference(node: Node): Call[] {
  const [a, b, y] = operandsOf(node);
  if (isEmpty(y)) return [];
  const [ga, gb, gy] = [a, b, y].map(perTensorOf);
  const leftShift = a.dtype === 'int8' ? 7 : 0;
  const twice = 2 * Math.max(ga.scale, gb.scale);
  const loops = broadcastLoops(y.shape, [a.shape, b.shape]);
  const [ma, mb] = [quantizeMultiplier(ga.scale / twice), quantizeMultiplier(gb.scale / twice)];
  const my = multiplierOf((twice * twice) / Math.fround(2 ** (2 * leftShift) * gy.scale));
  const params = struct('edgeml_squared_difference_params', {
    loops: loopTable(loops),
    depth: loops.length,
    a_zero: ga.zeroPoint,
    a_multiplier: ma.multiplier,
    a_shift: ma.shift,
    b_zero: gb.zeroPoint,
    b_multiplier: mb.multiplier,
    b_shift: mb.shift,
    left_shift: leftShift,
    multiplier: my.multiplier,
    shift: my.shift,
    zero: gy.zeroPoint,
  });
  return [
    {
      kernel: 'squared_difference_quantized',
      function: `edgeml_quantized_squared_difference_${suffixOf(a)}`,
      args: [input(a), input(b), output(y), params],
      overlaps: inPlace(y, [a, b]),
    },
  ];
}

function prelu(node: Node): Call[] {
  const [x, slope, y] = operandsOf(node);
  if (isEmpty(y)) return [];
  if (slope.dtype !== 'int8') throw new NoKernel(`has slopes of ${slope.dtype} beside an input of int8`);
  const [gx, gs, gy] = [x, slope, y].map(perTensorOf);
  const positive = multiplierOf(gx.scale / gy.scale);
  const negative = multiplierOf((gx.scale * gs.scale) / gy.scale);
  const loops = broadcastLoops(y.shape, [slope.shape]);
  const params = struct('edgeml_prelu_s8_params', {
    loops: loopTable(loops),
    depth: loops.length,
    input_zero: gx.zeroPoint,
    slope_zero: gs.zeroPoint,
    output_zero: gy.zeroPoint,
    multiplier: positive.multiplier,
    shift: positive.shift,
    negative_multiplier: negative.multiplier,
    negative_shift: negative.shift,
  });
  return [
    {
      kernel: 'prelu_s8',
      function: 'edgeml_prelu_s8',
      args: [input(x), input(slope), output(y), params],
      overlaps: inPlace(y, [x]),
    },
  ];
}

/** On one grid the larger real is the larger integer; TensorFlow Lite takes no others, its kernel would not notice. */
function extremum(node: Node): Call[] {
  const [a, b, y] = operandsOf(node);
  sameGrid(a, b, y);
  if (isEmpty(y)) return [];
  const loops = broadcastLoops(y.shape, [a.shape, b.shape]);
  const params = struct('edgeml_broadcast_params', { loops: loopTable(loops), depth: loops.length });
  return [
    {
      kernel: 'integer_binary',
      function: `edgeml_${node.op.toLowerCase()}_${suffixOf(y)}`,
      args: [input(a), input(b), output(y), params],
      overlaps: inPlace(y, [a, b]),
    },
  ];
}

export const pairRules: readonly Rule[] = [
  { ops: Object.keys(relations), types: ['int8', 'int16'], lower: compare },
  { ops: ['SquaredDifference'], types: ['int8', 'int16'], lower: squaredDifference },
  { ops: ['PRelu'], types: ['int8'], lower: prelu },
  { ops: ['Maximum', 'Minimum'], types: ['int8', 'int16'], lower: extremum },
];
