import type { Value } from '../ir/graph.js';
import { fromNumbers } from '../ir/tensor.js';
import { sizeOf } from '../ir/types.js';
import { defineOp } from './define.js';
import { cumulation, onnxCumulation } from './families/cumulate.js';

/** Longer axes would make too many operators of one. */
const longest = 64;

export const cumProd = defineOp({
  name: 'CumProd',
  ...cumulation(1, (acc, v) => acc * v),
  onnx: {
    ...onnxCumulation('CumProd'),
    // It is there from opset 26 only.
    write: () => null,
  },
  // cumprod(x) -> concat(x0, x0·x1, x0·x1·x2, ...)
  decompose: (b, inputs, { axis, exclusive, reverse }) => {
    const x = inputs[0] as Value;
    const length = x.shape[axis];
    if (length > longest || length === 0) return null;
    const parts = b.node('Split', [x], { axis, sizes: new Array<number>(length).fill(1) });
    const slices = reverse ? [...parts].reverse() : parts;
    const { shape } = slices[0];
    const ones = b.constant(fromNumbers(x.dtype, shape, new Array<number>(sizeOf(shape)).fill(1)));
    const factors = exclusive ? [ones, ...slices.slice(0, -1)] : slices;
    const products: Value[] = [];
    for (const v of factors) products.push(products.length === 0 ? v : b.op('Mul', [products[products.length - 1], v]));
    if (reverse) products.reverse();
    return [b.op('Concat', products, { axis })];
  },
});
