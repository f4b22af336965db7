import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { dtypes, type TypeInfo } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';
import { pick, range, strided } from './families/pick.js';
import { byType } from './families/versions.js';

/** The inverse of SpaceToBatch: batches become the places of blocks, then `crops` [top,left,bottom,right] are cut off. */
export const batchToSpace = defineOp({
  name: 'BatchToSpace',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { block: ints(), crops: ints([0, 0, 0, 0]) },
  infer: (inputs, { block, crops }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (shape.length !== 4) throw new RangeError('its input must have rank 4');
    if (block.length !== 2 || block.some((b) => b < 1)) throw new RangeError(`its block [${block}] must be two integers of at least 1`);
    if (crops.length !== 4 || crops.some((p) => p < 0)) throw new RangeError(`its crops [${crops}] must be four integers of at least 0`);
    const [n, h, w] = [
      shape[0] / (block[0] * block[1]),
      shape[1] * block[0] - crops[0] - crops[2],
      shape[2] * block[1] - crops[1] - crops[3],
    ];
    if (!Number.isInteger(n)) throw new RangeError(`${shape[0]} batches do not make blocks of [${block}]`);
    if (h < 0 || w < 0) throw new RangeError(`crops [${crops}] take more than there is`);
    return [{ dtype, shape: [n, h, w, shape[3]] }];
  },
  evaluate: (inputs, { block: [bh, bw], crops }, outputs) => {
    const x = inputs[0] as Tensor;
    const [n, h, w, c] = outputs[0].shape;
    const [batches, rows, columns] = x.shape;
    const data = new dtypes[x.dtype].array(x.data.length);
    const image = rows * columns * c;
    strided(x.data, [n, rows, bh, columns, bw, c], [image, columns * c, bw * n * image, c, n * image, 1], data);
    const full = { dtype: x.dtype, shape: [batches / (bh * bw), rows * bh, columns * bw, c], data };
    return [pick(full, [range(n), range(h, crops[0]), range(w, crops[1]), range(c)])];
  },
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  tflite: {
    builtin: 'BATCH_TO_SPACE_ND',
    options: 'BatchToSpaceNDOptions',
    types: allTypes,
    maxRank: 4,
    version: byType({ int8: 2, int16: 4 }),
    read: (op) => {
      const [block, p] = [op.constantInts(1), op.constantInts(2)];
      if (block.length !== 2 || op.input(0).shape.length !== 4) op.refuse(`has blocks [${block}]; only two spatial axes are supported`);
      return { inputs: [op.input(0)], attrs: { block, crops: [p[0], p[2], p[1], p[3]] } };
    },
    write: ({ block, crops: p }, node) => ({
      inputs: [node.inputs[0], { int32: block }, { int32: [p[0], p[2], p[1], p[3]], shape: [2, 2] }],
    }),
  },
  // batchtospace(x) -> slice(reshape(transpose(reshape(x))))
  decompose: (b, inputs, { block: [bh, bw], crops }, outputs) => {
    const x = inputs[0] as Value;
    const [batches, rows, columns, c] = x.shape;
    const n = batches / (bh * bw);
    const placed = b.transpose(b.reshape(x, [bh, bw, n, rows, columns, c]), [2, 3, 0, 4, 1, 5]);
    const full = b.reshape(placed, [n, rows * bh, columns * bw, c]);
    const starts = [0, crops[0], crops[1], 0];
    return [b.op('Slice', [full], { starts, ends: starts.map((s, i) => s + outputs[0].shape[i]), steps: [1, 1, 1, 1] })];
  },
});
