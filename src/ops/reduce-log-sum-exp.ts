import type { Value } from '../ir/graph.js';
import { fromNumbers, type Tensor, toNumbers } from '../ir/tensor.js';
import { sizeOf } from '../ir/types.js';
import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { larger } from './families/exact.js';
import { fold, onnxReduce, reduction } from './families/reduce.js';

/** log Σ exp(x), taken around the largest element so that nothing overflows. */
export const reduceLogSumExp = defineOp({
  ...reduction({ init: () => 0, step: (acc) => acc }),
  name: 'ReduceLogSumExp',
  evaluate: (inputs, attrs, outputs) => {
    const x = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    const values = toNumbers(x);
    const top = new Float64Array(sizeOf(shape)).fill(-Infinity);
    fold(values, x.shape, attrs.axes, top, larger);
    const sum = new Float64Array(top.length);
    // Where all are -Infinity there is nothing to take out.
    fold(values, x.shape, attrs.axes, sum, (acc, v, at) => acc + Math.exp(Number.isFinite(top[at]) ? v - top[at] : v));
    const y = sum.map((s, at) => (Number.isFinite(top[at]) ? top[at] + Math.log(s) : Math.log(s)));
    return [fromNumbers(dtype, shape, y)];
  },
  onnx: onnxReduce('ReduceLogSumExp', [...floatTypes, 'int32']),
  // logsumexp(x) -> max(x) + log(sum(exp(x - max(x))))
  decompose: (b, inputs, attrs, outputs) => {
    const x = inputs[0] as Value;
    if (attrs.axes.length === 0) return [b.op('Reshape', [x], { shape: x.shape })];
    const keep = { axes: attrs.axes, keepDims: true };
    const top = b.op('ReduceMax', [x], keep);
    const sum = b.op('ReduceSum', [b.op('Exp', [b.op('Sub', [x, top])])], keep);
    return [b.reshape(b.op('Add', [b.op('Log', [sum]), top]), outputs[0].shape)];
  },
});
