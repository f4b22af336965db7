import type { Tensor } from '../ir/tensor.js';
import { broadcastShapes, type DType, dtypes, sameShape, sizeOf } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { perElement } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { rowsOf } from './families/elementwise-rows.js';
import { checkOneType } from './families/elementwise-types.js';

const ortTypes: readonly DType[] = ['float32', 'float16', 'float64', 'uint8', 'int32', 'int64'];
const liteTypes: readonly DType[] = ['float32', 'float64', 'int8', 'uint8', 'int16', 'int32', 'uint32', 'int64', 'bool'];

/** x where the condition holds, y elsewhere; all three broadcast. */
export const where = defineOp({
  name: 'Where',
  inputs: ['condition', 'x', 'y'],
  outputs: ['z'],
  attributes: {},
  infer: (inputs) => {
    const [c, x, y] = inputs as Operand[];
    if (c.dtype !== 'bool') throw new RangeError(`its condition is ${c.dtype}, not bool`);
    checkOneType([x, y]);
    return [{ dtype: x.dtype, shape: broadcastShapes(c.shape, x.shape, y.shape) }];
  },
  // Moves elements as they are stored, whatever their type.
  evaluate: (inputs, _, outputs) => {
    const [condition, x, y] = inputs as Tensor[];
    const { dtype, shape } = outputs[0];
    const c = condition.data as Uint8Array;
    const a = x.data as Float32Array;
    const b = y.data as Float32Array;
    const z = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    const { length, steps, each } = rowsOf(shape, [condition.shape, x.shape, y.shape]);
    const [dc, di, dj] = steps;
    each(([first, i, j], at) => {
      for (let m = 0; m < length; m++) z[at + m] = c[first + m * dc] ? a[i + m * di] : b[j + m * dj];
    });
    return [{ dtype, shape, data: z }];
  },
  layout: 'elementwise',
  quantize: { kind: 'inputs-like-output', int16: true },
  cost: perElement(1),
  onnx: { type: 'Where', types: ['bool'], write: (_, node) => (ortTypes.includes(node.outputs[0].dtype) ? {} : null) },
  tflite: {
    builtin: 'SELECT_V2',
    also: ['SELECT'],
    types: ['bool'],
    maxRank: 8,
    read: (op) => {
      // SELECT, the older one, takes a condition of rank 1 for whole rows.
      const [c, x] = [op.input(0), op.input(1)];
      if (op.builtin === 'SELECT' && !sameShape(c.shape, x.shape) && c.shape.length > 0) op.refuse('selects whole rows');
      return { inputs: op.inputs, attrs: {} };
    },
    write: (_, node) => (liteTypes.includes(node.outputs[0].dtype) ? {} : null),
  },
  decompose: either(
    widened('Where'),
    formula((f, [c, x, y]) => (x.dtype === 'bool' ? f.op('Or', f.op('And', c, x), f.op('And', f.op('Not', c), y)) : null)),
  ),
});
