import { describe, expect, it } from 'vitest';
import { f32, fromNumbers, type Tensor, toNumbers } from '../../../src/ir/tensor.js';
import { hasOnnxruntime } from '../../../src/runtime/onnxruntime.js';
import { type Attribute, both, graphProto, random } from './build.js';

/** One operator on inputs of these shapes; the rest of `constants` are its later inputs. */
interface Case {
  readonly op: string;
  readonly x: readonly (readonly number[])[];
  readonly attrs?: Readonly<Record<string, Attribute>>;
  readonly constants?: readonly (Tensor | null)[];
  readonly outputs?: number;
  readonly opset?: number;
}

const int64 = (...values: number[]): Tensor => fromNumbers('int64', [values.length], values);
const weights = (...shape: number[]): Tensor => random('float32', shape, 7);
const positive = (...shape: number[]): Tensor =>
  f32(
    shape,
    Array.from(toNumbers(weights(...shape)), (v) => Math.abs(v) + 0.1),
  );
const scales = (...values: number[]): Tensor => f32([values.length], values);

const cases: Record<string, Case> = {
  'Conv in groups': {
    op: 'Conv',
    x: [[2, 4, 7, 6]],
    constants: [weights(6, 2, 3, 2), weights(6)],
    attrs: { group: 2, pads: [1, 0, 2, 1], strides: [2, 1] },
  },
  'Conv SAME_LOWER': {
    op: 'Conv',
    x: [[1, 2, 8, 7]],
    constants: [weights(3, 2, 3, 2)],
    attrs: { auto_pad: 'SAME_LOWER', strides: [2, 1] },
  },
  'Conv of a signal': { op: 'Conv', x: [[1, 3, 11]], constants: [weights(5, 3, 4), weights(5)], attrs: { pads: [2, 1], strides: [2] } },
  'Conv depthwise with a multiplier': { op: 'Conv', x: [[1, 3, 6, 6]], constants: [weights(6, 1, 3, 3), weights(6)], attrs: { group: 3 } },
  ConvTranspose: {
    op: 'ConvTranspose',
    x: [[1, 4, 4, 3]],
    constants: [weights(4, 2, 3, 3), weights(2)],
    attrs: { strides: [2, 3], pads: [1, 0, 0, 1], output_padding: [1, 2] },
  },
  'ConvTranspose in groups': {
    op: 'ConvTranspose',
    x: [[1, 4, 4, 3]],
    constants: [weights(4, 3, 3, 2), weights(6)],
    attrs: { group: 2, strides: [2, 2] },
  },
  'ConvTranspose to a shape': {
    op: 'ConvTranspose',
    x: [[1, 2, 3, 3]],
    constants: [weights(2, 2, 3, 3)],
    attrs: { strides: [3, 2], output_shape: [8, 6] },
  },
  'ConvTranspose of a signal': {
    op: 'ConvTranspose',
    x: [[1, 2, 5]],
    constants: [weights(2, 3, 4)],
    attrs: { strides: [2], pads: [1, 1] },
  },
  'MaxPool rounding up': {
    op: 'MaxPool',
    x: [[1, 2, 7, 6]],
    attrs: { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], ceil_mode: 1 },
  },
  'MaxPool of a signal': { op: 'MaxPool', x: [[1, 2, 9]], attrs: { kernel_shape: [3], strides: [2] } },
  'AveragePool with its padding': {
    op: 'AveragePool',
    x: [[1, 2, 7, 6]],
    attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 },
  },
  'AveragePool SAME_UPPER': {
    op: 'AveragePool',
    x: [[1, 2, 7, 6]],
    attrs: { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' },
  },
  LpPool: { op: 'LpPool', x: [[1, 2, 6, 6]], attrs: { kernel_shape: [2, 3], p: 3, pads: [1, 0, 0, 1] } },
  GlobalAveragePool: { op: 'GlobalAveragePool', x: [[2, 3, 4, 5]] },
  GlobalMaxPool: { op: 'GlobalMaxPool', x: [[2, 3, 4]] },
  Gemm: { op: 'Gemm', x: [[3, 4]], constants: [weights(4, 5), weights(5)], attrs: { alpha: { float: 0.5 }, beta: { float: 2 } } },
  'Gemm transposed, a bias per row': {
    op: 'Gemm',
    x: [[4, 3]],
    constants: [weights(5, 4), weights(3, 1)],
    attrs: { transA: 1, transB: 1 },
  },
  'Gemm of two inputs': {
    op: 'Gemm',
    x: [
      [3, 4],
      [5, 4],
    ],
    attrs: { transB: 1, alpha: { float: 0.5 } },
  },
  'MatMul with weights': { op: 'MatMul', x: [[2, 3, 4]], constants: [weights(4, 5)] },
  'MatMul of a vector and a batch': { op: 'MatMul', x: [[4], [2, 4, 3]] },
  'MatMul of a batch and a vector': { op: 'MatMul', x: [[2, 3, 4], [4]] },
  'Einsum of attention': {
    op: 'Einsum',
    x: [
      [2, 3, 4, 5],
      [2, 6, 4, 5],
    ],
    attrs: { equation: 'bqhd,bkhd->bhqk' },
  },
  'Einsum with an ellipsis': {
    op: 'Einsum',
    x: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    attrs: { equation: '...ij,...jk->...ik' },
  },
  'Einsum implied': {
    op: 'Einsum',
    x: [
      [3, 4],
      [4, 5],
    ],
    attrs: { equation: 'ij,jk' },
  },
  'Einsum with sums': {
    op: 'Einsum',
    x: [
      [3, 4, 2],
      [4, 5],
    ],
    attrs: { equation: 'ijx,jk->k' },
  },
  BatchNormalization: {
    op: 'BatchNormalization',
    x: [[2, 3, 4, 5]],
    constants: [weights(3), weights(3), weights(3), positive(3)],
    attrs: { epsilon: { float: 0.01 } },
  },
  'BatchNormalization of features': { op: 'BatchNormalization', x: [[2, 3]], constants: [weights(3), weights(3), weights(3), positive(3)] },
  InstanceNormalization: { op: 'InstanceNormalization', x: [[2, 3, 4, 5]], constants: [weights(3), weights(3)] },
  GroupNormalization: { op: 'GroupNormalization', x: [[2, 4, 3, 3]], constants: [weights(4), weights(4)], attrs: { num_groups: 2 } },
  'LayerNormalization with its mean': {
    op: 'LayerNormalization',
    x: [[2, 3, 4]],
    constants: [weights(3, 4), weights(3, 4)],
    attrs: { axis: 1 },
    outputs: 3,
    opset: 17,
  },
  RMSNormalization: { op: 'RMSNormalization', x: [[2, 3, 4]], constants: [weights(4)], opset: 23 },
  MeanVarianceNormalization: { op: 'MeanVarianceNormalization', x: [[2, 3, 4, 5]] },
  LpNormalization: { op: 'LpNormalization', x: [[2, 3, 4]], attrs: { axis: 1, p: 1 } },
  'Softmax of a matrix': { op: 'Softmax', x: [[2, 3, 4]], attrs: { axis: 1 }, opset: 11 },
  LRN: { op: 'LRN', x: [[1, 6, 3, 3]], attrs: { size: 5, alpha: { float: 0.5 } } },
  'DepthToSpace CRD': { op: 'DepthToSpace', x: [[1, 8, 2, 3]], attrs: { blocksize: 2, mode: 'CRD' } },
  SpaceToDepth: { op: 'SpaceToDepth', x: [[1, 2, 4, 6]], attrs: { blocksize: 2 } },
  'Resize by scales': {
    op: 'Resize',
    x: [[1, 2, 4, 5]],
    constants: [null, scales(1, 1, 2, 1.5)],
    attrs: { mode: 'linear', coordinate_transformation_mode: 'asymmetric' },
  },
  'Resize to sizes': { op: 'Resize', x: [[1, 2, 4, 5]], constants: [null, null, int64(1, 2, 7, 3)], attrs: { mode: 'cubic' } },
  'Resize of a signal': {
    op: 'Resize',
    x: [[1, 2, 5]],
    constants: [null, null, int64(1, 2, 9)],
    attrs: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
  },
  'Resize of opset 10, smaller': { op: 'Resize', x: [[1, 1, 6, 6]], constants: [scales(1, 1, 0.6, 0.6)], opset: 10 },
  Upsample: { op: 'Upsample', x: [[1, 2, 3, 3]], constants: [scales(1, 1, 2, 3)], attrs: { mode: 'linear' }, opset: 9 },
  'Sum, three operands': { op: 'Sum', x: [[2, 3], [3], [2, 1]] },
  'Mean, three operands': { op: 'Mean', x: [[2, 3], [3], [2, 1]] },
  'Clip with one bound from data': { op: 'Clip', x: [[2, 3], []] },
  CenterCropPad: { op: 'CenterCropPad', x: [[1, 5, 4]], constants: [int64(2, 7)], attrs: { axes: [1, 2] } },
  'LSTM both ways': {
    op: 'LSTM',
    x: [[4, 2, 3]],
    constants: [weights(2, 20, 3), weights(2, 20, 5), weights(2, 40)],
    attrs: { hidden_size: 5, direction: 'bidirectional' },
    outputs: 3,
  },
  'LSTM with states and peepholes': {
    op: 'LSTM',
    x: [[3, 2, 3]],
    constants: [weights(1, 20, 3), weights(1, 20, 5), null, null, weights(1, 2, 5), weights(1, 2, 5), weights(1, 15)],
    attrs: { hidden_size: 5 },
    outputs: 3,
  },
  'GRU backwards': {
    op: 'GRU',
    x: [[4, 2, 3]],
    constants: [weights(1, 15, 3), weights(1, 15, 5), weights(1, 30)],
    attrs: { hidden_size: 5, direction: 'reverse' },
    outputs: 2,
  },
  'GRU that resets afterwards': {
    op: 'GRU',
    x: [[4, 2, 3]],
    constants: [weights(1, 15, 3), weights(1, 15, 5), weights(1, 30)],
    attrs: { hidden_size: 5, linear_before_reset: 1 },
    outputs: 2,
  },
  'RNN with Relu': {
    op: 'RNN',
    x: [[4, 2, 3]],
    constants: [weights(1, 5, 3), weights(1, 5, 5), weights(1, 10)],
    attrs: { hidden_size: 5, activations: { strings: ['Relu'] } },
    outputs: 2,
  },
  'Attention, causal': {
    op: 'Attention',
    x: [
      [1, 4, 8],
      [1, 4, 8],
      [1, 4, 8],
    ],
    attrs: { q_num_heads: 2, kv_num_heads: 2, is_causal: 1 },
    opset: 23,
  },
  HannWindow: { op: 'HannWindow', x: [], constants: [fromNumbers('int64', [], [16])], opset: 17 },
};

function close(ours: Tensor, theirs: Tensor): void {
  expect(ours.dtype).toBe(theirs.dtype);
  expect(ours.shape).toEqual(theirs.shape);
  const [a, b] = [ours, theirs].map((t) => Float64Array.from(toNumbers(t)));
  const largest = b.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
  for (let i = 0; i < b.length; i++) expect(Math.abs(a[i] - b[i]) / largest, `element ${i}`).toBeLessThan(1e-5);
}

const runtime = await hasOnnxruntime();
if (!runtime) console.warn('skipped: onnxruntime-node is not installed, which judges what operators mean');

describe.skipIf(!runtime)('operators mean what onnxruntime makes of them', () => {
  it.each(Object.entries(cases))('%s', async (_, { op, x, attrs, constants = [], outputs = 1, opset }) => {
    const inputs = Object.fromEntries(x.map((shape, i) => [`x${i}`, random('float32', shape, i + 1)]));
    const later = constants.map((t, i): [string, Tensor | null] => [t ? `c${i}` : '', t]);
    const out = Array.from({ length: outputs }, (_, i) => `y${i}`);
    const { ours, theirs } = await both(
      {
        nodes: [{ op, in: [...Object.keys(inputs), ...later.map(([name]) => name)], out, attrs }],
        inputs: Object.fromEntries(x.map((shape, i) => [`x${i}`, `float32[${shape}]`])),
        outputs: Object.fromEntries(out.map((name) => [name, 'float32'])),
        constants: Object.fromEntries(later.filter((e): e is [string, Tensor] => e[1] !== null)),
        opset,
      },
      inputs,
    );
    expect(ours).toHaveLength(outputs);
    ours.forEach((t, i) => {
      close(t, theirs[i]);
    });
  });

  it('a loop that collects', async () => {
    const body = graphProto({
      nodes: [
        { op: 'Mul', in: ['h', 'x0'], out: ['next'] },
        { op: 'Identity', in: ['go'], out: ['on'] },
        { op: 'Relu', in: ['next'], out: ['seen'] },
      ],
      inputs: { i: 'int64[]', go: 'bool[]', h: 'float32[3]' },
      outputs: { on: 'bool[]', next: 'float32[3]', seen: 'float32[3]' },
    });
    const x0 = random('float32', [3]);
    const { ours, theirs } = await both(
      {
        nodes: [{ op: 'Loop', in: ['trips', '', 'x0'], out: ['last', 'all'], attrs: { body: { graph: body } } }],
        inputs: { x0: 'float32[3]' },
        outputs: { last: 'float32[3]', all: 'float32[4,3]' },
        constants: { trips: fromNumbers('int64', [], [4]) },
      },
      { x0 },
    );
    ours.forEach((t, i) => {
      close(t, theirs[i]);
    });
  });
});
