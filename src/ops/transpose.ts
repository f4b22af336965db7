import type { Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, stridesOf } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';
import { allTypes } from './families/elementwise-types.js';
import { strided } from './families/pick.js';

/** `y.shape[i] = x.shape[perm[i]]`. */
export const transpose = defineOp({
  name: 'Transpose',
  inputs: ['x'],
  outputs: ['y'],
  attributes: { perm: ints() },
  infer: (inputs, attrs) => {
    const x = inputs[0] as Operand;
    const seen = new Set(attrs.perm);
    if (attrs.perm.length !== x.shape.length || seen.size !== x.shape.length || attrs.perm.some((p) => p < 0 || p >= x.shape.length)) {
      throw new RangeError(`[${attrs.perm}] is no permutation of ${x.shape.length} axes`);
    }
    return [{ dtype: x.dtype, shape: attrs.perm.map((p) => x.shape[p]) }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const x = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    const from = stridesOf(x.shape);
    const data = new dtypes[dtype].array(sizeOf(shape));
    strided(
      x.data,
      shape,
      attrs.perm.map((p) => from[p]),
      data,
    );
    return [{ dtype, shape, data }];
  },
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Transpose',
    types: allTypes,
    read: (n) => {
      const x = n.input(0);
      return {
        inputs: [x],
        attrs: {
          perm: n.ints(
            'perm',
            x.shape.map((_, i) => x.shape.length - 1 - i),
          ),
        },
      };
    },
    write: (attrs) => ({ attributes: { perm: { ints: attrs.perm } } }),
  },
  tflite: {
    builtin: 'TRANSPOSE',
    options: 'TransposeOptions',
    types: allTypes,
    maxRank: 6,
    version: (_, node) => {
      const { dtype, shape } = node.outputs[0];
      if (shape.length > 5) return 6;
      if (dtype === 'int16') return 5;
      return shape.length > 4 ? 4 : ({ bool: 3, int8: 2 }[dtype as string] ?? 1);
    },
    read: (op) => ({ inputs: [op.input(0)], attrs: { perm: op.constantInts(1) } }),
    write: (attrs, node) => ({ inputs: [node.inputs[0], { int32: attrs.perm }] }),
  },
});
