import type { Value } from '../ir/graph.js';
import { type Tensor, zeros } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import { bool, defineOp, int, type Operand } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { matrixLaw } from './families/layout.js';

interface TriluAttrs {
  readonly upper: boolean;
  readonly k: number;
}

/** Whether the element stays: it lies on diagonal k, or above (upper) or below it. */
const stays = (row: number, column: number, { upper, k }: TriluAttrs): boolean => (upper ? column - row >= k : column - row <= k);

/** The upper or lower triangle of every matrix (the last two axes), from diagonal `k` (0 the main one, positive above), zeros elsewhere. */
export const trilu = defineOp({
  name: 'Trilu',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { upper: bool(true), k: int(0) },
  infer: (inputs): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (shape.length < 2) throw new RangeError('its input must have rank 2 or more');
    return [{ dtype, shape }];
  },
  evaluate: (inputs, attrs) => {
    const x = inputs[0] as Tensor;
    const [rows, columns] = x.shape.slice(-2);
    const y = zeros(x.dtype, x.shape);
    const [src, dst] = [x.data as Float32Array, y.data as Float32Array];
    for (let i = 0; i < src.length; i++) {
      if (stays(Math.floor(i / columns) % rows, i % columns, attrs)) dst[i] = src[i];
    }
    return [y];
  },
  layout: (_, perm) => matrixLaw(perm),
  onnx: {
    type: 'Trilu',
    since: 14,
    types: [...floatTypes, 'int32', 'int64', 'bool'],
    read: (n) => ({ inputs: [n.input(0)], attrs: { upper: n.int('upper', 1) !== 0, k: n.constantInts(1, [0])[0] } }),
    write: ({ upper, k }, node) => ({
      inputs: [node.inputs[0], { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(k)) }],
      attributes: { upper: { int: upper ? 1 : 0 } },
    }),
  },
  // triangle(x) -> where(mask, x, 0)
  decompose: (b, inputs, attrs) => {
    const x = inputs[0] as Value;
    const [rows, columns] = x.shape.slice(-2);
    const mask = Uint8Array.from({ length: rows * columns }, (_, i) => (stays(Math.floor(i / columns), i % columns, attrs) ? 1 : 0));
    return [b.op('Where', [b.constant({ dtype: 'bool', shape: [rows, columns], data: mask }), x, b.scalar(0, x.dtype)])];
  },
});
