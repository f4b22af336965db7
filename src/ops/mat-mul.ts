import type { Tensor } from '../ir/tensor.js';
import { broadcastShapes, sizeOf, type TypeInfo } from '../ir/types.js';
import { bool, defineOp, type Operand } from './define.js';
import { broadcastIndex } from './families/elementwise.js';
import { exactArray, exactNumbers, exactTensor, literal } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { matrixLaw } from './families/layout.js';
import { byType } from './families/versions.js';

interface Flags {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows, columns and what is summed over, and how far apart two neighbours of each lie. */
function dimensions(a: TypeInfo, b: TypeInfo, { transposeA, transposeB }: Flags) {
  const [ar, ac] = a.shape.slice(-2);
  const [br, bc] = b.shape.slice(-2);
  return {
    rows: transposeA ? ac : ar,
    depth: transposeA ? ar : ac,
    columns: transposeB ? br : bc,
    depthB: transposeB ? bc : br,
    stepA: transposeA ? [1, ac] : [ac, 1],
    stepB: transposeB ? [1, bc] : [bc, 1],
  };
}

/** The matrix product over the last two axes, each operand transposed there where its flag says so; the other axes broadcast. */
export const matMul = defineOp({
  name: 'MatMul',
  inputs: ['a', 'b'],
  outputs: ['y'],
  attributes: { transposeA: bool(false), transposeB: bool(false) },
  infer: (inputs, attrs): TypeInfo[] => {
    const [a, b] = inputs as readonly Operand[];
    if (a.shape.length < 2 || b.shape.length < 2) throw new RangeError('its operands must have rank 2 or more');
    if (a.dtype !== b.dtype) throw new RangeError(`its operands are ${a.dtype} and ${b.dtype}; they must have one type`);
    const d = dimensions(a, b, attrs);
    if (d.depth !== d.depthB) throw new RangeError(`${d.depth} columns of the first operand do not fit ${d.depthB} rows of the second`);
    return [{ dtype: a.dtype, shape: [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), d.rows, d.columns] }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const [a, b] = inputs as readonly Tensor[];
    const { dtype, shape } = outputs[0];
    const { rows, columns, depth, stepA, stepB } = dimensions(a, b, attrs);
    const A = exactNumbers(a);
    const B = exactNumbers(b);
    const Y = exactArray(dtype, sizeOf(shape));
    const zero = literal(dtype, 0);
    const batch = shape.slice(0, -2);
    const fromA = broadcastIndex(a.shape.slice(0, -2), batch);
    const fromB = broadcastIndex(b.shape.slice(0, -2), batch);
    let at = 0;
    for (let n = 0; n < sizeOf(batch); n++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let acc = zero;
          let i = fromA[n] * rows * depth + row * stepA[0];
          let j = fromB[n] * depth * columns + column * stepB[1];
          for (let k = 0; k < depth; k++, i += stepA[1], j += stepB[0]) acc += A[i] * B[j];
          Y[at++] = acc;
        }
    return [exactTensor(dtype, shape, Y)];
  },
  // Only where both are batches of matrices of the same rank can the batch axes be permuted.
  layout: (_, perm, node) => (node.inputs.every((v) => v?.shape.length === perm.length) ? matrixLaw(perm) : null),
  quantize: { kind: 'free', int16: true },
  cost: (inputs, outputs, attrs) => {
    const [a, b] = inputs as readonly TypeInfo[];
    return { macs: sizeOf(outputs[0].shape) * dimensions(a, b, attrs).depth, elements: sizeOf(outputs[0].shape) };
  },
  tflite: {
    builtin: 'BATCH_MATMUL',
    options: 'BatchMatMulOptions',
    version: byType({ int8: 2, int16: 3 }),
    read: (op) => ({
      inputs: [op.input(0), op.input(1)],
      attrs: { transposeA: op.option<boolean>('adj_x'), transposeB: op.option<boolean>('adj_y') },
    }),
    write: ({ transposeA, transposeB }) => ({ options: { adj_x: transposeA, adj_y: transposeB } }),
  },
  decompose: widenHalf('MatMul'),
});
