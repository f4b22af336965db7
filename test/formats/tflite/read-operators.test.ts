import { describe, expect, it } from 'vitest';
import { readTflite } from '../../../src/formats/tflite/read.js';
import { fromNumbers, type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import { sizeOf } from '../../../src/ir/types.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { litert } from '../../../src/runtime/litert.js';
import { build, type Op, source, type T } from './build.js';

/** One operator: its inputs (constants have data), options and declared outputs. */
interface Case {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (T | null)[];
  readonly outputs: readonly T[];
  readonly options?: Op['options'];
  readonly customOptions?: Uint8Array;
  readonly version?: number;
}

const x = (...shape: number[]): T => ({ shape });
const ints = (...data: number[]): T => ({ dtype: 'int32', shape: [data.length], data });
const scalar = (value: number, dtype: T['dtype'] = 'int32'): T => ({ dtype, shape: [], data: [value] });
const weights = (...shape: number[]): T => ({ shape, data: Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 23) / 23 - 0.5) });
const of = (t: T, more: Partial<T>): T => ({ ...t, ...more });
const conv = { stride_h: 1, stride_w: 1 };

const cases: readonly Case[] = [
  {
    name: 'SAME',
    op: 'CONV_2D',
    inputs: [x(1, 5, 6, 2), weights(3, 3, 3, 2), weights(3)],
    outputs: [x(1, 3, 3, 3)],
    options: ['Conv2DOptions', { padding: 'SAME', stride_h: 2, stride_w: 2, fused_activation_function: 'RELU' }],
  },
  {
    name: 'dilated, VALID, clamped',
    op: 'CONV_2D',
    inputs: [x(1, 7, 7, 2), weights(3, 3, 3, 2), weights(3)],
    outputs: [x(1, 3, 3, 3)],
    options: [
      'Conv2DOptions',
      { ...conv, padding: 'VALID', dilation_h_factor: 2, dilation_w_factor: 2, fused_activation_function: 'RELU_N1_TO_1' },
    ],
  },
  {
    name: 'grouped',
    op: 'CONV_2D',
    version: 6,
    inputs: [x(1, 4, 4, 4), weights(6, 3, 3, 2), weights(6)],
    outputs: [x(1, 4, 4, 6)],
    options: ['Conv2DOptions', { ...conv, padding: 'SAME' }],
  },
  {
    name: 'with multiplier 2',
    op: 'DEPTHWISE_CONV_2D',
    inputs: [x(1, 5, 5, 3), weights(1, 3, 3, 6), weights(6)],
    outputs: [x(1, 5, 5, 6)],
    options: ['DepthwiseConv2DOptions', { ...conv, padding: 'SAME', depth_multiplier: 2, fused_activation_function: 'RELU6' }],
  },
  {
    name: 'SAME',
    op: 'TRANSPOSE_CONV',
    version: 3,
    inputs: [ints(1, 7, 8, 3), weights(3, 3, 3, 2), x(1, 4, 4, 2), weights(3)],
    outputs: [x(1, 7, 8, 3)],
    options: ['TransposeConvOptions', { padding: 'SAME', stride_h: 2, stride_w: 2 }],
  },
  {
    name: 'VALID, whose declared output is a placeholder',
    op: 'TRANSPOSE_CONV',
    inputs: [ints(1, 6, 6, 3), weights(3, 3, 2, 2), x(1, 2, 2, 2)],
    outputs: [x(1, 6, 6, 3)],
    options: ['TransposeConvOptions', { padding: 'VALID', stride_h: 3, stride_w: 3 }],
  },
  {
    name: 'that flattens',
    op: 'FULLY_CONNECTED',
    inputs: [x(2, 3, 4), weights(5, 12), weights(5)],
    outputs: [x(2, 5)],
    options: ['FullyConnectedOptions', {}],
  },
  {
    name: 'that keeps its dimensions',
    op: 'FULLY_CONNECTED',
    inputs: [x(2, 3, 4), weights(5, 4), null],
    outputs: [x(2, 3, 5)],
    options: ['FullyConnectedOptions', { keep_num_dims: true, fused_activation_function: 'RELU' }],
  },
  {
    name: 'transposed',
    op: 'BATCH_MATMUL',
    inputs: [x(2, 4, 3), x(2, 5, 4)],
    outputs: [x(2, 3, 5)],
    options: ['BatchMatMulOptions', { adj_x: true, adj_y: true }],
  },
  {
    name: 'SAME',
    op: 'MAX_POOL_2D',
    inputs: [x(1, 5, 5, 2)],
    outputs: [x(1, 3, 3, 2)],
    options: ['Pool2DOptions', { padding: 'SAME', stride_h: 2, stride_w: 2, filter_height: 2, filter_width: 3 }],
  },
  {
    name: 'SAME',
    op: 'AVERAGE_POOL_2D',
    inputs: [x(1, 5, 5, 2)],
    outputs: [x(1, 3, 3, 2)],
    options: ['Pool2DOptions', { padding: 'SAME', stride_h: 2, stride_w: 2, filter_height: 3, filter_width: 3 }],
  },
  { name: 'from an input', op: 'RESHAPE', inputs: [x(2, 6), ints(3, -1)], outputs: [x(3, 4)] },
  { name: 'from an option', op: 'RESHAPE', inputs: [x(2, 6)], outputs: [x(3, 4)], options: ['ReshapeOptions', { new_shape: [3, 4] }] },
  { name: 'to a scalar', op: 'RESHAPE', inputs: [x(1, 1), ints()], outputs: [x()] },
  {
    name: 'named axes',
    op: 'SQUEEZE',
    inputs: [x(1, 3, 1, 2)],
    outputs: [x(1, 3, 2)],
    options: ['SqueezeOptions', { squeeze_dims: [-2] }],
  },
  { name: 'all axes', op: 'SQUEEZE', inputs: [x(1, 3, 1, 2)], outputs: [x(3, 2)], options: ['SqueezeOptions', {}] },
  { name: 'from the back', op: 'EXPAND_DIMS', inputs: [x(2, 3), scalar(-1)], outputs: [x(2, 3, 1)] },
  {
    name: 'in the middle',
    op: 'PACK',
    inputs: [x(2, 3), x(2, 3)],
    outputs: [x(2, 2, 3)],
    options: ['PackOptions', { values_count: 2, axis: 1 }],
  },
  { name: 'from the back', op: 'UNPACK', inputs: [x(2, 3)], outputs: [x(2), x(2), x(2)], options: ['UnpackOptions', { num: 3, axis: -1 }] },
  {
    name: 'backwards',
    op: 'STRIDED_SLICE',
    inputs: [x(4, 5), ints(-1, 0), ints(0, 0), ints(-2, 1)],
    outputs: [x(2, 5)],
    options: ['StridedSliceOptions', { end_mask: 2 }],
  },
  {
    name: 'before the first element',
    op: 'STRIDED_SLICE',
    inputs: [x(4, 5), ints(3, 4), ints(0, 0), ints(-1, -3)],
    outputs: [x(4, 2)],
    options: ['StridedSliceOptions', { begin_mask: 2, end_mask: 3 }],
  },
  {
    name: 'that drops an axis',
    op: 'STRIDED_SLICE',
    inputs: [x(4, 5, 2), ints(1, 1), ints(2, 9), ints(1, 2)],
    outputs: [x(2, 2)],
    options: ['StridedSliceOptions', { shrink_axis_mask: 1 }],
  },
  {
    name: 'with ellipsis and new axis',
    op: 'STRIDED_SLICE',
    version: 6,
    inputs: [x(4, 5, 2), ints(0, 0, 1), ints(0, 0, 2), ints(1, 1, 1)],
    outputs: [x(4, 5, 1, 1)],
    options: ['StridedSliceOptions', { ellipsis_mask: 1, new_axis_mask: 2 }],
  },
  { name: 'with sizes of -1', op: 'SLICE', inputs: [x(4, 5), ints(1, 2), ints(-1, 2)], outputs: [x(3, 2)] },
  { name: 'plain', op: 'PAD', inputs: [x(2, 3), of(ints(1, 0, 0, 2), { shape: [2, 2] })], outputs: [x(3, 5)] },
  {
    name: 'with a value',
    op: 'PADV2',
    inputs: [x(2, 3), of(ints(1, 0, 0, 2), { shape: [2, 2] }), scalar(7, 'float32')],
    outputs: [x(3, 5)],
  },
  {
    name: 'reflect',
    op: 'MIRROR_PAD',
    inputs: [x(3, 4), of(ints(1, 2, 0, 2), { shape: [2, 2] })],
    outputs: [x(6, 6)],
    options: ['MirrorPadOptions', { mode: 'REFLECT' }],
  },
  {
    name: 'symmetric',
    op: 'MIRROR_PAD',
    inputs: [x(3, 4), of(ints(1, 2, 0, 2), { shape: [2, 2] })],
    outputs: [x(6, 6)],
    options: ['MirrorPadOptions', { mode: 'SYMMETRIC' }],
  },
  { name: 'equal', op: 'SPLIT', inputs: [scalar(-1), x(2, 6)], outputs: [x(2, 3), x(2, 3)], options: ['SplitOptions', { num_splits: 2 }] },
  {
    name: 'unequal',
    op: 'SPLIT_V',
    inputs: [x(2, 6), ints(1, 5), scalar(1)],
    outputs: [x(2, 1), x(2, 5)],
    options: ['SplitVOptions', { num_splits: 2 }],
  },
  {
    name: 'on the last axis',
    op: 'CONCATENATION',
    inputs: [x(2, 3), x(2, 1)],
    outputs: [x(2, 4)],
    options: ['ConcatenationOptions', { axis: -1 }],
  },
  {
    name: 'of height and width',
    op: 'MEAN',
    inputs: [x(1, 3, 4, 2), ints(1, 2)],
    outputs: [x(1, 2)],
    options: ['ReducerOptions', { keep_dims: false }],
  },
  {
    name: 'from the back',
    op: 'SUM',
    inputs: [x(2, 3, 4), ints(-1)],
    outputs: [x(2, 3, 1)],
    options: ['ReducerOptions', { keep_dims: true }],
  },
  { name: 'of one axis', op: 'REDUCE_MAX', inputs: [x(2, 3, 4), scalar(1)], outputs: [x(2, 4)], options: ['ReducerOptions', {}] },
  {
    name: 'half pixel centers',
    op: 'RESIZE_BILINEAR',
    version: 3,
    inputs: [x(1, 3, 4, 2), ints(5, 7)],
    outputs: [x(1, 5, 7, 2)],
    options: ['ResizeBilinearOptions', { half_pixel_centers: true }],
  },
  {
    name: 'align corners',
    op: 'RESIZE_BILINEAR',
    inputs: [x(1, 3, 4, 2), ints(5, 7)],
    outputs: [x(1, 5, 7, 2)],
    options: ['ResizeBilinearOptions', { align_corners: true }],
  },
  {
    name: 'asymmetric',
    op: 'RESIZE_BILINEAR',
    inputs: [x(1, 3, 4, 2), ints(5, 7)],
    outputs: [x(1, 5, 7, 2)],
    options: ['ResizeBilinearOptions', {}],
  },
  {
    name: 'half pixel centers',
    op: 'RESIZE_NEAREST_NEIGHBOR',
    version: 3,
    inputs: [x(1, 3, 4, 2), ints(5, 7)],
    outputs: [x(1, 5, 7, 2)],
    options: ['ResizeNearestNeighborOptions', { half_pixel_centers: true }],
  },
  {
    name: 'align corners',
    op: 'RESIZE_NEAREST_NEIGHBOR',
    version: 3,
    inputs: [x(1, 3, 4, 2), ints(5, 7)],
    outputs: [x(1, 5, 7, 2)],
    options: ['ResizeNearestNeighborOptions', { align_corners: true }],
  },
  {
    name: 'asymmetric',
    op: 'RESIZE_NEAREST_NEIGHBOR',
    inputs: [x(1, 3, 4, 2), ints(5, 7)],
    outputs: [x(1, 5, 7, 2)],
    options: ['ResizeNearestNeighborOptions', {}],
  },
  { name: 'from the back', op: 'TRANSPOSE', inputs: [x(2, 3, 4), ints(2, 0, 1)], outputs: [x(4, 2, 3)] },
  {
    name: 'with batch',
    op: 'GATHER',
    version: 5,
    inputs: [x(2, 3, 4), of(ints(2, 0, 1, 1), { shape: [2, 2] })],
    outputs: [x(2, 2, 4)],
    options: ['GatherOptions', { axis: 1, batch_dims: 1 }],
  },
  { name: 'of pairs', op: 'GATHER_ND', inputs: [x(3, 4), of(ints(2, 0, 1, 1), { shape: [2, 2] })], outputs: [x(2)] },
  { name: 'of whole rows', op: 'SELECT', inputs: [{ dtype: 'bool', shape: [3] }, x(3, 2), x(3, 2)], outputs: [x(3, 2)] },
  { name: 'that broadcasts', op: 'SELECT_V2', inputs: [{ dtype: 'bool', shape: [3, 1] }, x(3, 2), x(1, 2)], outputs: [x(3, 2)] },
  { name: 'of three', op: 'ADD_N', inputs: [x(2, 3), x(2, 3), x(2, 3)], outputs: [x(2, 3)] },
  {
    name: 'fused',
    op: 'ADD',
    inputs: [x(2, 3), x(1, 3)],
    outputs: [x(2, 3)],
    options: ['AddOptions', { fused_activation_function: 'RELU6' }],
  },
  { name: 'without options', op: 'MUL', inputs: [x(2, 3), x(3)], outputs: [x(2, 3)] },
  { name: 'plain', op: 'RELU6', inputs: [x(2, 3)], outputs: [x(2, 3)] },
  { name: 'plain', op: 'RELU_N1_TO_1', inputs: [x(2, 3)], outputs: [x(2, 3)] },
  { name: 'plain', op: 'RELU_0_TO_1', inputs: [x(2, 3)], outputs: [x(2, 3)] },
  { name: 'plain', op: 'HARD_SWISH', inputs: [x(2, 3)], outputs: [x(2, 3)] },
  { name: 'plain', op: 'ELU', inputs: [x(2, 3)], outputs: [x(2, 3)] },
  { name: 'with alpha', op: 'LEAKY_RELU', inputs: [x(2, 3)], outputs: [x(2, 3)], options: ['LeakyReluOptions', { alpha: 0.25 }] },
  { name: 'per channel', op: 'PRELU', inputs: [x(1, 2, 2, 3), weights(1, 1, 3)], outputs: [x(1, 2, 2, 3)] },
  { name: 'approximate', op: 'GELU', inputs: [x(2, 3)], outputs: [x(2, 3)], options: ['GeluOptions', { approximate: true }] },
  { name: 'with beta', op: 'SOFTMAX', inputs: [x(2, 3)], outputs: [x(2, 3)], options: ['SoftmaxOptions', { beta: 0.5 }] },
  { name: 'of rows', op: 'LOG_SOFTMAX', inputs: [x(2, 3)], outputs: [x(2, 3)] },
  { name: 'of the last axis', op: 'L2_NORMALIZATION', inputs: [x(2, 2, 2, 3)], outputs: [x(2, 2, 2, 3)], options: ['L2NormOptions', {}] },
  {
    name: 'of five',
    op: 'LOCAL_RESPONSE_NORMALIZATION',
    inputs: [x(1, 2, 2, 8)],
    outputs: [x(1, 2, 2, 8)],
    options: ['LocalResponseNormalizationOptions', { radius: 2, bias: 1, alpha: 0.3, beta: 0.6 }],
  },
  {
    name: 'of blocks',
    op: 'DEPTH_TO_SPACE',
    inputs: [x(1, 2, 3, 8)],
    outputs: [x(1, 4, 6, 2)],
    options: ['DepthToSpaceOptions', { block_size: 2 }],
  },
  {
    name: 'of blocks',
    op: 'SPACE_TO_DEPTH',
    inputs: [x(1, 4, 6, 2)],
    outputs: [x(1, 2, 3, 8)],
    options: ['SpaceToDepthOptions', { block_size: 2 }],
  },
  {
    name: 'with pads',
    op: 'SPACE_TO_BATCH_ND',
    inputs: [x(1, 3, 4, 2), ints(2, 2), of(ints(1, 0, 0, 0), { shape: [2, 2] })],
    outputs: [x(4, 2, 2, 2)],
  },
  {
    name: 'with crops',
    op: 'BATCH_TO_SPACE_ND',
    inputs: [x(4, 2, 2, 2), ints(2, 2), of(ints(1, 0, 0, 0), { shape: [2, 2] })],
    outputs: [x(1, 3, 4, 2)],
  },
  { name: 'of two axes', op: 'TILE', inputs: [x(2, 3), ints(2, 3)], outputs: [x(4, 9)] },
  { name: 'plain', op: 'BROADCAST_TO', version: 2, inputs: [x(2, 1), ints(3, 2, 4)], outputs: [x(3, 2, 4)] },
  {
    name: 'reverse, exclusive',
    op: 'CUMSUM',
    inputs: [x(2, 4), scalar(-1)],
    outputs: [x(2, 4)],
    options: ['CumsumOptions', { exclusive: true, reverse: true }],
  },
  { name: 'of two axes', op: 'REVERSE_V2', inputs: [x(2, 3, 4), ints(1, 2)], outputs: [x(2, 3, 4)] },
  {
    name: 'plain',
    op: 'ARG_MAX',
    inputs: [x(2, 5), scalar(-1)],
    outputs: [of(x(2), { dtype: 'int32' })],
    options: ['ArgMaxOptions', { output_type: 'INT32' }],
  },
  {
    name: 'as int64',
    op: 'ARG_MIN',
    inputs: [x(2, 5), scalar(0)],
    outputs: [of(x(5), { dtype: 'int64' })],
    options: ['ArgMinOptions', { output_type: 'INT64' }],
  },
  { name: 'plain', op: 'TOPK_V2', inputs: [x(2, 5), scalar(2)], outputs: [x(2, 2), of(x(2, 2), { dtype: 'int32' })] },
  {
    name: 'on the last axis',
    op: 'ONE_HOT',
    inputs: [{ dtype: 'int32', shape: [3] }, scalar(4), scalar(2, 'float32'), scalar(-1, 'float32')],
    outputs: [x(3, 4)],
    options: ['OneHotOptions', { axis: -1 }],
  },
  {
    name: 'to integers',
    op: 'CAST',
    inputs: [x(2, 3)],
    outputs: [of(x(2, 3), { dtype: 'int32' })],
    options: ['CastOptions', { in_data_type: 'FLOAT32', out_data_type: 'INT32' }],
  },
  {
    name: 'of integers',
    op: 'FLOOR_MOD',
    inputs: [of(x(2, 3), { dtype: 'int32' }), of(ints(2, 3, 4), { shape: [3] })],
    outputs: [of(x(2, 3), { dtype: 'int32' })],
  },
  { name: 'plain', op: 'SQUARED_DIFFERENCE', inputs: [x(2, 3), x(3)], outputs: [x(2, 3)] },
  { name: 'plain', op: 'LESS', inputs: [x(2, 3), x(3)], outputs: [of(x(2, 3), { dtype: 'bool' })] },
  { name: 'of rows', op: 'EMBEDDING_LOOKUP', inputs: [ints(2, 0), weights(3, 4)], outputs: [x(2, 4)] },
  { name: 'of a constant shape', op: 'FILL', inputs: [ints(2, 3), { shape: [] }], outputs: [x(2, 3)] },
  {
    name: "MediaPipe's, SAME",
    op: 'CUSTOM',
    inputs: [x(1, 3, 4, 2), weights(3, 3, 3, 2), weights(3)],
    outputs: [x(1, 6, 8, 3)],
    customOptions: new Uint8Array(Int32Array.of(1, 2, 2).buffer),
  },
  {
    name: "MediaPipe's, VALID",
    op: 'CUSTOM',
    inputs: [x(1, 3, 4, 2), weights(3, 2, 2, 2), weights(3)],
    outputs: [x(1, 6, 8, 3)],
    customOptions: new Uint8Array(Int32Array.of(2, 2, 2).buffer),
  },
];

/** Values that tell elements apart; integers and indices stay small. */
function example(type: Pick<Tensor, 'dtype' | 'shape'>, seed: number): Tensor {
  const n = sizeOf(type.shape);
  const values = Array.from({ length: n }, (_, i) => (((i + seed) * 29) % 31) / 5 - 3);
  if (type.dtype === 'bool')
    return fromNumbers(
      'bool',
      type.shape,
      values.map((v) => (v > 0 ? 1 : 0)),
    );
  if (type.dtype === 'int32')
    return fromNumbers(
      'int32',
      type.shape,
      Array.from({ length: n }, (_, i) => (i + seed) % 4),
    );
  return fromNumbers(type.dtype, type.shape, values);
}

describe('every operator that is read means what LiteRT computes', () => {
  it.each(cases.map((c) => [`${c.op} ${c.name}`, c] as const))('%s', async (_, c) => {
    const tensors = [...c.inputs.filter((t) => t !== null), ...c.outputs];
    let next = 0;
    const inputs = c.inputs.map((t) => (t ? next++ : -1));
    const outputs = c.outputs.map(() => next++);
    const custom = c.op === 'CUSTOM' ? { custom: 'Convolution2DTransposeBias', customOptions: c.customOptions } : {};
    const op: Op = { op: c.op, version: c.version, inputs, outputs, options: c.options, ...custom };
    const file = build(
      tensors,
      [op],
      inputs.filter((i) => i >= 0 && !tensors[i].data),
      outputs,
    );
    const { graph } = await readTflite(source(file), {});
    const given = graph.inputs.map((v, i) => example(v, i));
    const session = await litert.load(file);
    const expected = await session.run(given);
    await session.close();
    const got = interpret(graph, given).outputs;
    expect(got.map((t) => t.dtype)).toEqual(expected.map((t) => t.dtype));
    got.forEach((t, i) => {
      expect(t.shape).toEqual(expected[i].shape);
      const [a, b] = [toNumbers(t), toNumbers(expected[i])];
      expect(a.length).toBe(b.length);
      for (let k = 0; k < b.length; k++) expect(Math.abs(a[k] - b[k])).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(b[k])));
    });
  });
});
