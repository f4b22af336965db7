import { describe, expect, it } from 'vitest';
import { layersOfProfile, withMacs } from '../../src/bench/host/onnxruntime-profile.js';
import { middleMean, quantile } from '../../src/bench/host/statistics.js';
import { fromNumbers } from '../../src/ir/tensor.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';

describe('statistics of runs', () => {
  it('has quantiles between neighbours linearly, as numpy.percentile has them', () => {
    const sorted = [1, 2, 4, 8, 16];
    expect([0, 0.1, 0.25, 0.5, 0.9, 1].map((share) => quantile(sorted, share))).toEqual([1, 1.4, 2, 4, 12.8, 16]);
    expect(quantile([3], 0.99)).toBe(3);
  });

  it('has a mean of the middle half, which outliers do not move', () => {
    expect(middleMean([1000, 4, 5, 6, 7, -1000, 5, 6])).toBe(5.5);
    expect(middleMean([2])).toBe(2);
  });
});

/** An event as onnxruntime 1.30 writes it, with the parts that are read. */
const event = (name: string, dur: number, args: object, cat = 'Node') => ({ cat, pid: 1, tid: 1, dur, ts: 0, ph: 'X', name, args });
const conv = (dur: number) =>
  event('/Relu_output_0_nchwc_kernel_time', dur, {
    node_index: '80',
    op_name: 'Conv',
    input_type_shape: [{ float: [1, 3, 32, 32] }, { float: [16, 3, 3, 3] }, { float: [16] }],
    output_type_shape: [{ float: [1, 16, 32, 32] }],
  });
const packed = (dur: number) =>
  event('Conv_y_nchw_token_27_kernel_time', dur, {
    node_index: '81',
    op_name: 'QLinearConv',
    input_type_shape: [{ int8: [1, 2, 4, 4] }, { float: [] }],
    output_type_shape: [{ int8: [1, 4, 4, 4] }],
  });
const gemm = (dur: number) =>
  event('/linear/Gemm_kernel_time', dur, {
    node_index: '69',
    op_name: 'Gemm',
    input_type_shape: [{ float: [1, 64] }, { float: [10] }],
    output_type_shape: [{ float: [1, 10] }],
  });

describe("onnxruntime's profile", () => {
  const events = [
    event('model_loading_uri', 2671, {}, 'Session'),
    // The first run is slow and does not count.
    ...[conv(900), packed(700), gemm(500), conv(10), packed(7), gemm(4), conv(12), packed(8), gemm(4)],
    event('model_run', 30, {}, 'Session'),
  ];
  const layers = layersOfProfile(JSON.stringify(events), 1);

  it('gives the mean of the runs of each node, in order, and multiply-accumulates from its shapes', () => {
    expect(layers).toEqual([
      // 16 x 32 x 32 outputs of 3 x 3 x 3.
      { name: '/Relu_output_0', operator: 'Conv', macs: 442368, ms: 0.011 },
      { name: 'Conv_y', operator: 'QLinearConv', macs: 0, ms: 0.0075 },
      { name: '/linear/Gemm', operator: 'Gemm', macs: 640, ms: 0.004 },
    ]);
  });

  it('is completed from the graph where weights were packed before', () => {
    const b = new GraphBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [1, 4, 4, 2] });
    const w = b.constant(fromNumbers('float32', [4, 1, 1, 2], new Float32Array(8)), 'w');
    const attrs = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };
    // onnxruntime has the convolution and its activation as one node, under the name of the last output.
    const y = b.op('Relu', [b.op('Conv2D', [x, w], attrs, { outputs: ['before'] })], {}, { outputs: ['y'] });
    const [first, second, third] = withMacs(layers, b.finish('g', [y]));
    expect(second).toEqual({ name: 'y', operator: 'QLinearConv', macs: 4 * 4 * 4 * 2, ms: 0.0075 });
    expect([first, third]).toEqual([layers[0], layers[2]]);
  });
});
