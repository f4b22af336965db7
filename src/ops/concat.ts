import type { Tensor } from '../ir/tensor.js';
import { dtypes, sizeOf, type TypeInfo } from '../ir/types.js';
import { defineOp, int, type Operand } from './define.js';
import { checkAxis, fileAxis } from './families/axes.js';
import { allTypes } from './families/elementwise-types.js';
import { axisLaw } from './families/layout.js';
import { typesBut } from './families/types.js';
import { byType } from './families/versions.js';

/** The inputs one after the other along `axis`; their other dimensions are equal. */
export const concat = defineOp({
  name: 'Concat',
  inputs: ['xs...'],
  outputs: ['y'],
  attributes: { axis: int() },
  infer: (inputs, { axis }): TypeInfo[] => {
    const xs = inputs as readonly Operand[];
    const { dtype, shape } = xs[0];
    checkAxis(axis, shape.length);
    for (const x of xs) {
      if (x.dtype !== dtype) throw new RangeError(`its inputs are ${dtype} and ${x.dtype}; they must have one type`);
      if (x.shape.length !== shape.length || x.shape.some((d, i) => i !== axis && d !== shape[i])) {
        throw new RangeError(`[${x.shape}] and [${shape}] differ in more than axis ${axis}`);
      }
    }
    return [{ dtype, shape: shape.map((d, i) => (i === axis ? xs.reduce((n, x) => n + x.shape[i], 0) : d)) }];
  },
  evaluate: (inputs, { axis }, outputs) => {
    const { dtype, shape } = outputs[0];
    const dst = new dtypes[dtype].array(sizeOf(shape)) as Float32Array;
    const row = sizeOf(shape.slice(axis));
    let offset = 0;
    for (const x of inputs as readonly Tensor[]) {
      const src = x.data as Float32Array;
      const block = sizeOf(x.shape.slice(axis));
      for (let from = 0, to = offset; from < src.length; from += block, to += row) dst.set(src.subarray(from, from + block), to);
      offset += block;
    }
    return [{ dtype, shape, data: dst }];
  },
  layout: axisLaw,
  quantize: { kind: 'inputs-like-output', int16: true },
  onnx: {
    type: 'Concat',
    types: allTypes,
    read: (n) => ({
      inputs: n.inputs.map((_, i) => n.input(i)),
      attrs: { axis: fileAxis(n.int('axis', n.opset < 4 ? 1 : undefined), n.input(0).shape.length, n) },
    }),
    write: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
  },
  tflite: {
    builtin: 'CONCATENATION',
    options: 'ConcatenationOptions',
    types: typesBut('float64', 'uint16', 'uint64'),
    maxRank: 6,
    version: byType({ int8: 2, int16: 3, uint32: 4 }),
    read: (op) => {
      if (op.option('fused_activation_function') !== 'NONE') op.refuse('has a fused activation, which no kernel runs');
      return {
        inputs: op.inputs.map((_, i) => op.input(i)),
        attrs: { axis: fileAxis(op.option('axis'), op.input(0).shape.length, op) },
      };
    },
    write: ({ axis }) => ({ options: { axis } }),
  },
});
