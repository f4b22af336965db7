import { describe, expect, it } from 'vitest';
import type { Attrs } from '../../src/ir/graph.js';
import type { DType } from '../../src/ir/types.js';
import { checkArity, completeAttrs } from '../../src/ops/define.js';
import { operator } from '../../src/ops/index.js';

type Types = readonly (readonly [DType, readonly number[]] | null)[];
const f = (...shape: number[]): readonly [DType, readonly number[]] => ['float32', shape];
const i32 = (...shape: number[]): readonly [DType, readonly number[]] => ['int32', shape];

/** What `infer` says of these operands; the sentence that it throws. */
function refusal(op: string, types: Types, given: Attrs = {}): string {
  const record = operator(op);
  const inputs = types.map((t) => t && { dtype: t[0], shape: t[1] });
  try {
    const attrs = completeAttrs(record, given);
    checkArity(record, inputs);
    return `no refusal: [${record.infer(inputs, attrs).map((t) => t.shape)}]`;
  } catch (e) {
    expect(e).toBeInstanceOf(RangeError);
    return (e as Error).message;
  }
}

const refusals: readonly (readonly [string, Types, Attrs, string])[] = [
  ['Conv2D', [f(1, 4, 4), f(2, 3, 3, 1)], {}, 'its input and filter must have rank 4'],
  ['Conv2D', [f(1, 4, 4, 3), f(2, 3, 3, 2)], {}, 'a filter of shape [2,3,3,2] in 1 groups does not fit 3 channels'],
  ['Conv2D', [f(1, 4, 4, 4), f(3, 3, 3, 2)], { groups: 2 }, 'a filter of shape [3,3,3,2] in 2 groups does not fit 4 channels'],
  ['Conv2D', [f(1, 4, 4, 3), f(2, 3, 3, 3), f(3)], {}, 'its bias has the shape [3] for 2 filters'],
  ['Conv2D', [f(1, 2, 4, 3), f(2, 3, 3, 3)], {}, 'a window of 3 does not fit into 2 elements padded by 0 and 0'],
  ['Conv2D', [f(1, 4, 4, 3), f(2, 3, 3, 3)], { strides: [1, 0] }, 'its strides [1,0] must be 2 integers of at least 1'],
  ['Conv2D', [f(1, 4, 4, 3), f(2, 3, 3, 3)], { pads: [1, 1] }, 'its pads [1,1] must be 4 integers of at least 0'],
  ['DepthwiseConv2D', [f(1, 4, 4, 3), f(1, 3, 3, 4)], {}, 'a depthwise filter of shape [1,3,3,4] does not fit 3 channels'],
  ['ConvTranspose2D', [f(1, 2, 2, 3), f(2, 2, 2, 3)], { pads: [2, 0, 1, 0] }, 'pads 2 and 1 leave nothing of 3 elements'],
  ['ConvTranspose2D', [f(1, 2, 2, 3), f(2, 2, 2, 3)], { outputPads: [1] }, 'its output pads [1] must be two of at least 0'],
  ['MaxPool2D', [f(4, 4)], { kernel: [2, 2] }, 'its input must have rank 4'],
  ['AveragePool2D', [f(1, 4, 4, 1)], { kernel: [2] }, 'its window [2] must be 2 integers of at least 1'],
  ['AveragePool2D', [f(1, 4, 4, 1)], {}, "AveragePool2D needs its attribute 'kernel'"],
  ['FullyConnected', [f(2, 3), f(4, 5)], {}, 'weights of shape [4,5] do not fit an input of shape [2,3]'],
  ['FullyConnected', [f(2, 3), f(4, 3), f(3)], {}, 'its bias has the shape [3] for 4 outputs'],
  ['MatMul', [f(2, 3), f(2, 3)], {}, '3 columns of the first operand do not fit 2 rows of the second'],
  ['MatMul', [f(3), f(3, 2)], {}, 'its operands must have rank 2 or more'],
  ['MatMul', [f(2, 3), i32(3, 2)], {}, 'its operands are float32 and int32; they must have one type'],
  ['MatMul', [f(2, 2, 3), f(3, 3, 2)], {}, 'shapes [2] and [3] do not broadcast'],
  ['Softmax', [i32(2, 3)], { axis: 1 }, 'it takes floats, not int32'],
  ['Softmax', [f(2, 3)], { axis: 2 }, 'axis 2 is not one of the 2 of its input'],
  ['Softmax', [f(2, 3)], { axis: -1 }, 'axis -1 is not one of the 2 of its input'],
  ['LRN', [f(2, 3)], { size: 3 }, 'it takes floats of rank 4'],
  ['LayerNormalization', [f(2, 3), f(2)], { axis: 1 }, 'shapes [2] and [3] do not broadcast'],
  ['LayerNormalization', [f(2, 1), f(3)], { axis: 1 }, 'a scale or bias of shape [3] does not broadcast to [1]'],
  ['PRelu', [f(3), f(2, 3)], {}, 'a slope of shape [2,3] does not broadcast to [3]'],
  ['Resize', [f(1, 2, 2, 1)], { sizes: [2, 2] }, '[1,2,2,1] cannot be resized to [2,2]'],
  ['Resize', [f(2, 2)], { sizes: [2, 2], scales: [1, 0] }, 'its scales [1,0] must be positive, one per axis of [2,2]'],
  ['DepthToSpace', [f(1, 2, 2, 6)], { blockSize: 2 }, '6 channels do not make blocks of 2 times 2'],
  ['SpaceToDepth', [f(1, 3, 2, 1)], { blockSize: 2 }, '3 rows and 2 columns are not cut by blocks of 2'],
  ['SpaceToBatch', [f(1, 3, 2, 1)], { block: [2, 2] }, '3 rows and 2 columns are not cut by blocks of [2,2]'],
  ['BatchToSpace', [f(3, 1, 1, 1)], { block: [2, 2] }, '3 batches do not make blocks of [2,2]'],
  ['ReduceSum', [f(2, 3)], { axes: [0, 0] }, 'the axes [0,0] name one axis twice'],
  ['ReduceAny', [f(2)], { axes: [0] }, 'it takes booleans, not float32'],
  ['ArgMax', [f(2, 0)], { axis: 1 }, 'axis 1 of [2,0] is empty'],
  ['TopK', [f(2, 3)], { axis: 1, k: 4 }, 'its k is 4 for 3 elements'],
  ['Reshape', [f(2, 3)], { shape: [-1, -6] }, '[2,3] cannot be reshaped to [-1,-6]'],
  ['Transpose', [f(2, 3)], { perm: [0, 0] }, '[0,0] is no permutation of 2 axes'],
  ['Concat', [f(2, 3), f(3, 3)], { axis: 1 }, '[3,3] and [2,3] differ in more than axis 1'],
  ['Concat', [f(2), i32(2)], { axis: 0 }, 'its inputs are float32 and int32; they must have one type'],
  ['Concat', [], { axis: 0 }, "Concat needs at least one 'xs'"],
  ['Split', [f(2, 5)], { axis: 1, sizes: [2, 2] }, 'pieces of [2,2] do not make up axis 1 of [2,5]'],
  ['Slice', [f(4)], { starts: [1], ends: [5], steps: [1] }, '1:5:1 is no slice of 4 elements'],
  ['Slice', [f(4)], { starts: [1], ends: [3], steps: [0] }, '1:3:0 is no slice of 4 elements'],
  [
    'Slice',
    [f(4, 4)],
    { starts: [1], ends: [3], steps: [1] },
    'starts [1], ends [3] and steps [1] must each have one entry per axis of [4,4]',
  ],
  ['Pad', [f(2, 2)], { pads: [1, 1] }, 'its 2 pads [1,1] must be 4, two per axis of [2,2]'],
  ['Pad', [f(2)], { pads: [-2, -1] }, 'pads -2 and -1 take more than the 2 elements of axis 0'],
  ['Pad', [f(0)], { pads: [1, 0], mode: 'edge' }, "axis 0 is empty: mode 'edge' has nothing to repeat"],
  [
    'Pad',
    [f(2)],
    { pads: [1, 0], mode: 'circular' },
    "Pad attribute 'mode' is 'circular', not one of constant, reflect, edge, symmetric, wrap",
  ],
  ['Tile', [f(2, 2)], { repeats: [2] }, 'its repeats [2] must be one of at least 0 per axis of [2,2]'],
  ['Expand', [f(2, 3)], { shape: [2, 4] }, 'shapes [2,3] and [2,4] do not broadcast'],
  ['Expand', [f(2, 3)], { shape: [1, 3] }, '[2,3] does not broadcast to [1,3]'],
  ['Gather', [f(2, 3), f(2)], { axis: 0 }, 'its indices are float32; they must be int32 or int64'],
  ['Gather', [f(2, 3), i32(3, 1)], { axis: 1, batchDims: 1 }, '[2,3] and indices [3,1] do not have 1 leading axes in common before axis 1'],
  ['GatherND', [f(2, 3), i32(1, 3)], {}, 'indices of shape [1,3] with 0 batch axes do not fit [2,3]'],
  ['GatherElements', [f(2, 3), i32(3, 2)], { axis: 1 }, 'indices of shape [3,2] along axis 1 do not fit [2,3]'],
  ['ScatterND', [f(2, 3), i32(1, 1), f(1, 2)], {}, 'indices [1,1] and updates [1,2] do not fit [2,3]'],
  ['ScatterElements', [f(2, 3), i32(2, 1), i32(2, 1)], { axis: 1 }, 'its updates are int32 for elements of float32'],
  ['OneHot', [i32(2)], { depth: 0, axis: 1 }, 'its depth is 0; it must be at least 1'],
  ['Trilu', [f(3)], {}, 'its input must have rank 2 or more'],
  ['CumSum', [['bool', [3]]], { axis: 0 }, 'it takes numbers, not bool'],
  ['ReverseSequence', [f(2, 3), i32(3)], { batchAxis: 0, timeAxis: 1 }, 'lengths of shape [3] do not fit axis 0 of [2,3]'],
  ['ReverseSequence', [f(2, 3), i32(2)], { batchAxis: 0, timeAxis: 0 }, 'axis 0 cannot be both batch and time'],
];

describe('operands and attributes that do not fit', () => {
  it.each(refusals)('%s %j %j', (op, types, attrs, sentence) => {
    expect(refusal(op, types, attrs)).toBe(sentence);
  });
});
