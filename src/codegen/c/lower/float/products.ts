import { isConstant, type Node, type Value } from '../../../../ir/graph.js';
import { sizeOf } from '../../../../ir/types.js';
import { broadcastIndex } from '../../../../ops/families/elementwise.js';
import { type Call, input, output, type Place, type Rule, scratch, struct, type Table, table } from '../../program.js';
import { channelTables, needWeights } from './channels.js';
import { boundsOf, needFloats, optional } from './operands.js';
import { packFilters } from './packing.js';
import { type Window, windowScratch, windowStruct } from './window.js';

/** From so many rows on weights are packed and used for four rows at once. */
const manyRows = 4;

/** y [rows, units] = x [rows, depth] · wᵀ + the node's third input, with w [units, depth] float32 or int8. */
export function denseCalls(node: Node, w: Value, rows: number, depth: number, units: number): Call[] {
  if (rows >= manyRows && isConstant(w) && !w.quant) {
    const data = w.data as Float32Array;
    return packedCalls(node, rows, depth, units, (o, i) => data[o * depth + i]);
  }
  return rowCalls(node, w.quant ? undefined : input(w), w, rows, depth, units);
}

function rowCalls(node: Node, floats: Place | Table | undefined, w: Value, rows: number, depth: number, units: number): Call[] {
  const [x, , bias] = node.inputs as [Value, Value, Value | null];
  const { min, max } = boundsOf(node);
  const rest = [optional(bias), output(node.outputs[0]), rows, depth, units, min, max] as const;
  const kernel = 'fully_connected_f32';
  if (floats) return [{ kernel, function: 'edgeml_fully_connected_f32', args: [input(x), floats, ...rest] }];
  const scales = channelTables(w.quant as NonNullable<Value['quant']>, units);
  return [{ kernel, function: 'edgeml_fully_connected_f32_w8', args: [input(x), input(w), ...scales, ...rest] }];
}

/** Rows as the pixels of a pointwise convolution. */
function packedCalls(node: Node, rows: number, depth: number, units: number, at: (o: number, i: number) => number): Call[] {
  const [x, , bias] = node.inputs as [Value, Value, Value | null];
  const window: Window = {
    x: [1, 1, rows, depth],
    y: [1, 1, rows, units],
    ...{ kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0] },
  };
  const packed = table('weights', 'float', packFilters(units, depth, 1, at));
  const params = windowStruct(window, 1, false, node);
  const args = [input(x), packed, optional(bias), output(node.outputs[0]), params, scratch(windowScratch(window))];
  return [{ kernel: 'conv2d_f32', function: 'edgeml_conv2d_f32', args }];
}

function fullyConnected(node: Node): Call[] {
  const [x, w, bias] = node.inputs as [Value, Value, Value | null];
  needFloats(x, bias);
  needWeights(w, 0);
  const [units, depth] = w.shape;
  return denseCalls(node, w, sizeOf(node.outputs[0].shape) / units, depth, units);
}

function matMul(node: Node): Call[] {
  const [a, b] = node.inputs as readonly Value[];
  const [y] = node.outputs;
  needFloats(a, b);
  const { transposeA, transposeB } = node.attrs as { transposeA: boolean; transposeB: boolean };
  const [rows, columns] = y.shape.slice(-2);
  const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  const batch = y.shape.slice(0, -2);
  // One matrix on the right: the batches on the left are so many more rows.
  if (sizeOf(b.shape) === depth * columns && !transposeA && sizeOf(a.shape) === sizeOf(batch) * rows * depth) {
    const all = sizeOf(batch) * rows;
    if (transposeB) return denseCalls(node, b, all, depth, columns);
    if (isConstant(b)) {
      const data = b.data as Float32Array;
      if (all >= manyRows) return packedCalls(node, all, depth, columns, (o, i) => data[i * columns + o]);
      const turned = Float32Array.from({ length: data.length }, (_, i) => data[(i % depth) * columns + Math.floor(i / depth)]);
      return rowCalls(node, table('weights', 'float', turned), b, all, depth, columns);
    }
  }
  const offsets = (v: Value, of: number): Int32Array => broadcastIndex(v.shape.slice(0, -2), batch).map((n) => n * of);
  const params = struct('edgeml_matmul_f32_params', {
    batches: sizeOf(batch),
    a_offset: table('offsets', 'int32_t', offsets(a, rows * depth)),
    b_offset: table('offsets', 'int32_t', offsets(b, depth * columns)),
    rows,
    depth,
    columns,
    transpose_a: transposeA ? 1 : 0,
    transpose_b: transposeB ? 1 : 0,
  });
  const turned = (transposeA ? rows * depth : 0) + (transposeB ? depth * columns : 0);
  return [
    {
      kernel: 'matmul_f32',
      function: 'edgeml_matmul_f32',
      args: [input(a), input(b), output(y), params, turned > 0 ? scratch(4 * turned) : 0],
    },
  ];
}

export const floatProductRules: readonly Rule[] = [
  { ops: ['FullyConnected'], types: ['float32'], lower: fullyConnected },
  { ops: ['MatMul'], types: ['float32'], lower: matMul },
];
