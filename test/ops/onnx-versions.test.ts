import { describe, expect, it } from 'vitest';
import { f32, fromNumbers, type Tensor } from '../../src/ir/tensor.js';
import { hasOnnxruntime } from '../../src/runtime/onnxruntime.js';
import { type Attribute, both, random } from '../formats/onnx/build.js';
import { difference } from '../suites/case.js';

const int64 = (...values: number[]): Tensor => fromNumbers('int64', [values.length], values);

interface Case {
  readonly op: string;
  readonly opset: number;
  readonly x: readonly number[];
  readonly attrs?: Readonly<Record<string, Attribute>>;
  readonly constants?: readonly (Tensor | null)[];
  readonly outputs?: number;
}

/** Parameters that were attributes in one version of an operator and are inputs in another. */
const cases: readonly Case[] = [
  { op: 'Slice', opset: 9, x: [4, 5], attrs: { starts: [1, -3], ends: [100, -1], axes: [0, 1] } },
  { op: 'Slice', opset: 9, x: [4, 5], attrs: { starts: [1], ends: [3] } },
  { op: 'Slice', opset: 13, x: [4, 5], constants: [int64(-1), int64(-100), int64(1), int64(-2)] },
  { op: 'Split', opset: 11, x: [2, 6], attrs: { axis: -1, split: [1, 5] }, outputs: 2 },
  { op: 'Split', opset: 11, x: [2, 6], attrs: { axis: 1 }, outputs: 3 },
  { op: 'Split', opset: 13, x: [2, 6], attrs: { axis: 1 }, constants: [int64(2, 4)], outputs: 2 },
  { op: 'Split', opset: 18, x: [7, 2], attrs: { num_outputs: 3 }, outputs: 3 },
  { op: 'Pad', opset: 9, x: [2, 3], attrs: { pads: [1, 0, 0, 2], mode: 'constant', value: { float: 1.5 } } },
  { op: 'Pad', opset: 11, x: [2, 3], constants: [int64(0, 1, 2, 0), f32([], [-2])] },
  { op: 'Pad', opset: 18, x: [2, 3], attrs: { mode: 'reflect' }, constants: [int64(2, 1), null, int64(-1)] },
  { op: 'ReduceSum', opset: 11, x: [2, 3, 4], attrs: { axes: [-1, 0], keepdims: 0 } },
  { op: 'ReduceSum', opset: 13, x: [2, 3, 4], constants: [int64(1)] },
  { op: 'ReduceSum', opset: 13, x: [2, 3, 4], attrs: { keepdims: 0 } },
  { op: 'ReduceSum', opset: 13, x: [2, 3], constants: [int64()], attrs: { noop_with_empty_axes: 1 } },
  { op: 'ReduceMean', opset: 13, x: [2, 3, 4], attrs: { axes: [1, 2] } },
  { op: 'ReduceMean', opset: 18, x: [2, 3, 4], constants: [int64(1, 2)], attrs: { keepdims: 0 } },
  { op: 'ReduceLogSumExp', opset: 17, x: [2, 3], attrs: { axes: [1] } },
  { op: 'ReduceL2', opset: 18, x: [2, 3] },
  { op: 'TopK', opset: 9, x: [2, 5], attrs: { k: 2, axis: 1 }, outputs: 2 },
  { op: 'TopK', opset: 10, x: [2, 5], constants: [int64(3)], outputs: 2 },
  { op: 'TopK', opset: 11, x: [2, 5], attrs: { axis: 0, largest: 0 }, constants: [int64(1)], outputs: 2 },
  { op: 'ArgMax', opset: 11, x: [3, 4], attrs: { axis: -1, keepdims: 0 } },
  { op: 'ArgMin', opset: 13, x: [3, 4], attrs: { select_last_index: 1 } },
  { op: 'CumSum', opset: 11, x: [3, 4], attrs: { exclusive: 1, reverse: 1 }, constants: [fromNumbers('int32', [], [-1])] },
  { op: 'Scatter', opset: 9, x: [3, 3], attrs: { axis: 1 }, constants: [fromNumbers('int64', [1, 2], [0, 2]), f32([1, 2], [5, 6])] },
  { op: 'Expand', opset: 13, x: [3, 1], constants: [int64(2, 1, 4)] },
  { op: 'Tile', opset: 13, x: [2, 1], constants: [int64(1, 3)] },
  { op: 'Gather', opset: 13, x: [3, 4], attrs: { axis: -1 }, constants: [int64(-1, 0)] },
  { op: 'OneHot', opset: 11, x: [4], attrs: { axis: 0 }, constants: [f32([1], [3]), f32([2], [-1, 2])] },
  { op: 'Trilu', opset: 14, x: [3, 4], attrs: { upper: 0 }, constants: [int64(-1)] },
  { op: 'LpNormalization', opset: 7, x: [3, 4], attrs: { axis: 0 } },
];

const available = await hasOnnxruntime();

describe.skipIf(!available)('versions of ONNX operators mean what onnxruntime takes them for', () => {
  it.each(cases)('$op of opset $opset $attrs', async ({ op, opset, x, attrs, constants = [], outputs = 1 }) => {
    const ys = Array.from({ length: outputs }, (_, i) => `y${i}`);
    const named = Object.fromEntries(constants.flatMap((t, i) => (t ? [[`c${i}`, t] as const] : [])));
    const inputs = ['x', ...constants.map((t, i) => (t ? `c${i}` : ''))];
    const integers = op.startsWith('Arg') ? 'int64' : 'float32';
    const types = ys.map((y, i) => [y, `${i === 1 && op === 'TopK' ? 'int64' : integers}`] as const);
    const data = op === 'OneHot' ? f32(x, [0, 2, -1, 7]) : random('float32', x);
    const spec = {
      nodes: [{ op, in: inputs, out: ys, attrs }],
      inputs: { x: `float32[${x}]` },
      outputs: Object.fromEntries(types),
      constants: named,
      opset,
      model: { irVersion: 8 },
    };
    const { ours, theirs } = await both(spec, { x: data });
    expect(ours).toHaveLength(outputs);
    ours.forEach((y, i) => {
      expect(difference(y, theirs[i])).toBeUndefined();
    });
  });
});
