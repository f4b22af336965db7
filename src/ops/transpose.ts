import type { Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, stridesOf } from '../ir/types.js';
import { defineOp, ints, type Operand } from './define.js';

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
    const steps = attrs.perm.map((p) => from[p]);
    const src = x.data as Float32Array;
    const dst = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    const inner = shape.at(-1) ?? 1;
    const innerStep = steps.at(-1) ?? 0;
    const index = new Array<number>(shape.length).fill(0);
    let base = 0;
    for (let at = 0; at < dst.length; ) {
      for (let i = 0, s = base; i < inner; i++, s += innerStep) dst[at++] = src[s];
      for (let axis = shape.length - 2; axis >= 0; axis--) {
        base += steps[axis];
        if (++index[axis] < shape[axis]) break;
        base -= steps[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return [{ dtype, shape, data: dst }];
  },
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: {
    type: 'Transpose',
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
    types: ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'],
    maxRank: 6,
    read: (op) => ({ inputs: [op.input(0)], attrs: { perm: op.constantInts(1) } }),
    write: (attrs, node) => ({ inputs: [node.inputs[0], { int32: attrs.perm }] }),
  },
});
