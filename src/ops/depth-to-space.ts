import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand, oneOf } from './define.js';
import { strided } from './families/pick.js';
import { byType } from './families/versions.js';

type Mode = 'DCR' | 'CRD';

/**
 * Channels become blocks of b×b: [N,H,W,C·b·b] -> [N,H·b,W·b,C]. Input channel (row·b + column)·C + c in mode DCR
 * (depth, column, row: TFLite's), c·b·b + row·b + column in mode CRD.
 */
export const depthToSpace = defineOp({
  name: 'DepthToSpace',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { blockSize: int(), mode: oneOf<Mode>('DCR', 'CRD') },
  infer: (inputs, { blockSize: b }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (shape.length !== 4) throw new RangeError('its input must have rank 4');
    const [n, h, w, c] = shape;
    if (b < 1 || c % (b * b) !== 0) throw new RangeError(`${c} channels do not make blocks of ${b} times ${b}`);
    return [{ dtype, shape: [n, h * b, w * b, c / (b * b)] }];
  },
  evaluate: (inputs, { blockSize: b, mode }, outputs) => {
    const x = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    const [n, h, w, depth] = x.shape;
    const c = depth / (b * b);
    const data = new dtypes[dtype].array(sizeOf(shape));
    const [row, column, channel] = mode === 'DCR' ? [b * c, c, 1] : [b, 1, b * b];
    strided(x.data, [n, h, b, w, b, c], [h * w * depth, w * depth, row, depth, column, channel], data);
    return [{ dtype, shape, data }];
  },
  quantize: { kind: 'output-like-input', from: 0 },
  tflite: {
    builtin: 'DEPTH_TO_SPACE',
    options: 'DepthToSpaceOptions',
    types: ['float32', 'int8', 'uint8', 'int32', 'int64'],
    maxRank: 4,
    version: byType({ int8: 2 }),
    read: (op) => ({ inputs: [op.input(0)], attrs: { blockSize: op.option<number>('block_size') } }),
    write: ({ blockSize, mode }) => (mode === 'DCR' ? { options: { block_size: blockSize } } : null),
  },
  // CRD is DCR of the channels in the other order; DCR swaps the columns of x with the rows of the blocks.
  decompose: (b, inputs, { blockSize, mode }, outputs) => {
    const x = inputs[0] as Value;
    const [n, h, w, depth] = x.shape;
    const block = blockSize * blockSize;
    if (mode === 'CRD') {
      const channels = b.transpose(b.reshape(x, [n * h * w, depth / block, block]), [0, 2, 1]);
      return [b.op('DepthToSpace', [b.reshape(channels, x.shape)], { blockSize })];
    }
    const rows = b.transpose(b.reshape(x, [n * h, w, blockSize, depth / blockSize]), [0, 2, 1, 3]);
    return [b.reshape(rows, outputs[0].shape)];
  },
});
