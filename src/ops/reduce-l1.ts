import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { literal } from './families/exact.js';
import { onnxReduce, reduction } from './families/reduce.js';

export const reduceL1 = defineOp({
  name: 'ReduceL1',
  ...reduction({ init: (t) => literal(t, 0), step: (acc, v) => (v < 0 ? acc - v : acc + v) }),
  onnx: onnxReduce('ReduceL1', [...floatTypes, 'int32']),
  decompose: (b, [x], attrs) => [b.op('ReduceSum', [b.op('Abs', [x])], attrs)],
});
