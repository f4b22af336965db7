import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';
import { pick, range, strided } from './families/pick.js';
import { byType } from './families/versions.js';

/** Zero-padded, then cut into blocks whose places become batches: [N,H,W,C] -> [N·bh·bw, H'/bh, W'/bw, C], batch (row·bw + column)·N + n. */
export const spaceToBatch = defineOp({
  name: 'SpaceToBatch',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { block: ints(), pads: ints([0, 0, 0, 0]) },
  infer: (inputs, { block, pads }): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (shape.length !== 4) throw new RangeError('its input must have rank 4');
    if (block.length !== 2 || block.some((b) => b < 1)) throw new RangeError(`its block [${block}] must be two integers of at least 1`);
    if (pads.length !== 4 || pads.some((p) => p < 0)) throw new RangeError(`its pads [${pads}] must be four integers of at least 0`);
    const [h, w] = [shape[1] + pads[0] + pads[2], shape[2] + pads[1] + pads[3]];
    if (h % block[0] !== 0 || w % block[1] !== 0) throw new RangeError(`${h} rows and ${w} columns are not cut by blocks of [${block}]`);
    return [{ dtype, shape: [shape[0] * block[0] * block[1], h / block[0], w / block[1], shape[3]] }];
  },
  evaluate: (inputs, { block, pads }, outputs) => {
    const x = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    const [n, h, w, c] = x.shape;
    const padded = (size: number, before: number, after: number) =>
      Int32Array.from({ length: size + before + after }, (_, i) => (i < before || i >= before + size ? -1 : i - before));
    const full = pick(x, [range(n), padded(h, pads[0], pads[2]), padded(w, pads[1], pads[3]), range(c)]);
    const [, rows, columns] = full.shape;
    const data = new dtypes[dtype].array(sizeOf(shape));
    const [bh, bw] = block;
    strided(full.data, [bh, bw, n, rows / bh, columns / bw, c], [columns * c, c, rows * columns * c, bh * columns * c, bw * c, 1], data);
    return [{ dtype, shape, data }];
  },
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  tflite: {
    builtin: 'SPACE_TO_BATCH_ND',
    options: 'SpaceToBatchNDOptions',
    types: allTypes,
    maxRank: 4,
    version: byType({ int8: 2, int16: 4 }),
    read: (op) => {
      const [block, p] = [op.constantInts(1), op.constantInts(2)];
      if (block.length !== 2 || op.input(0).shape.length !== 4) op.refuse(`has blocks [${block}]; only two spatial axes are supported`);
      return { inputs: [op.input(0)], attrs: { block, pads: [p[0], p[2], p[1], p[3]] } };
    },
    write: ({ block, pads: p }, node) => ({
      inputs: [node.inputs[0], { int32: block }, { int32: [p[0], p[2], p[1], p[3]], shape: [2, 2] }],
    }),
  },
  // spacetobatch(x) -> reshape(transpose(reshape(pad(x))))
  decompose: (b, inputs, { block, pads }, outputs) => {
    const x = inputs[0] as Value;
    const [n, , , c] = x.shape;
    const [, h, w] = outputs[0].shape;
    const padded = b.op('Pad', [x], { pads: [0, pads[0], pads[1], 0, 0, pads[2], pads[3], 0] });
    const cut = b.transpose(b.reshape(padded, [n, h, block[0], w, block[1], c]), [2, 4, 0, 1, 3, 5]);
    return [b.reshape(cut, outputs[0].shape)];
  },
});
