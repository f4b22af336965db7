import type { Value } from '../ir/graph.js';
import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../ir/tensor.js';
import { broadcastShapes, sameShape, type TypeInfo } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { broadcastIndex, perElement } from './families/elementwise.js';
import { singleTypes } from './families/elementwise-types.js';
import { widenHalf } from './families/half.js';

/** x where it is positive, slope·x elsewhere; the slope broadcasts to x. */
export const prelu = defineOp({
  name: 'PRelu',
  inputs: ['x', 'slope'],
  outputs: ['y'],
  attributes: {},
  infer: (inputs): TypeInfo[] => {
    const [x, slope] = inputs as readonly Operand[];
    if (x.dtype !== slope.dtype) throw new RangeError(`its operands are ${x.dtype} and ${slope.dtype}; they must have one type`);
    if (!sameShape(broadcastShapes(x.shape, slope.shape), x.shape)) {
      throw new RangeError(`a slope of shape [${slope.shape}] does not broadcast to [${x.shape}]`);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  evaluate: (inputs, _, outputs) => {
    const [x, slope] = inputs as readonly Tensor[];
    const { dtype, shape } = outputs[0];
    const X = toNumbers(x);
    const S = toNumbers(slope);
    const at = broadcastIndex(slope.shape, shape);
    const Y = numbersFor(dtype, X.length);
    for (let i = 0; i < X.length; i++) Y[i] = X[i] < 0 ? S[at[i]] * X[i] : X[i];
    return [fromNumbers(dtype, shape, Y)];
  },
  layout: 'elementwise',
  quantize: { kind: 'free' },
  cost: perElement(2),
  onnx: { type: 'PRelu', types: singleTypes },
  tflite: { builtin: 'PRELU', types: ['float32', 'int8', 'uint8'], maxRank: 4, version: () => 1 },
  // prelu(x, s) -> max(x, 0) + s·min(x, 0)
  decompose: widenHalf('PRelu', (b, inputs) => {
    const [x, slope] = inputs as readonly Value[];
    const zero = b.scalar(0, x.dtype);
    return [b.op('Add', [b.op('Maximum', [x, zero]), b.op('Mul', [slope, b.op('Minimum', [x, zero])])])];
  }),
});
