import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { strided } from './families/pick.js';
import { byType } from './families/versions.js';

/** Blocks of b×b become channels: [N,H,W,C] -> [N,H/b,W/b,C·b·b], output channel (row·b + column)·C + c. */
export const spaceToDepth = defineOp({
  name: 'SpaceToDepth',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { blockSize: int() },
  infer: (inputs, { blockSize: b }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (shape.length !== 4) throw new RangeError('its input must have rank 4');
    const [n, h, w, c] = shape;
    if (b < 1 || h % b !== 0 || w % b !== 0) throw new RangeError(`${h} rows and ${w} columns are not cut by blocks of ${b}`);
    return [{ dtype, shape: [n, h / b, w / b, c * b * b] }];
  },
  evaluate: (inputs, { blockSize: b }, outputs) => {
    const x = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    const [n, h, w, c] = x.shape;
    const data = new dtypes[dtype].array(sizeOf(shape));
    strided(x.data, [n, h / b, w / b, b, b, c], [h * w * c, b * w * c, b * c, w * c, c, 1], data);
    return [{ dtype, shape, data }];
  },
  quantize: { kind: 'output-like-input', from: 0 },
  tflite: {
    builtin: 'SPACE_TO_DEPTH',
    options: 'SpaceToDepthOptions',
    types: ['float32', 'int8', 'uint8', 'int32', 'int64'],
    maxRank: 4,
    version: byType({ int8: 2 }),
    read: (op) => ({ inputs: [op.input(0)], attrs: { blockSize: op.option<number>('block_size') } }),
    write: ({ blockSize }) => ({ options: { block_size: blockSize } }),
  },
  // The rows of the blocks swap with the columns of the result.
  decompose: (b, inputs, { blockSize }, outputs) => {
    const [n, h, w, c] = (inputs[0] as Value).shape;
    const blocks = b.reshape(inputs[0] as Value, [(n * h) / blockSize, blockSize, w / blockSize, blockSize * c]);
    return [b.reshape(b.transpose(blocks, [0, 2, 1, 3]), outputs[0].shape)];
  },
});
