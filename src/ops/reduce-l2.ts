import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { onnxReduce, reduction } from './families/reduce.js';

/** The root of the sum of squares. */
export const reduceL2 = defineOp({
  name: 'ReduceL2',
  ...reduction({ init: () => 0, step: (acc, v) => acc + v * v, finish: Math.sqrt, real: true }),
  onnx: onnxReduce('ReduceL2', [...floatTypes, 'int32']),
  decompose: (b, [x], attrs) => [b.op('Sqrt', [b.op('ReduceSum', [b.op('Mul', [x, x])], attrs)])],
});
