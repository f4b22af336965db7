import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { onnxReduce, reduction } from './families/reduce.js';

export const reduceLogSum = defineOp({
  name: 'ReduceLogSum',
  ...reduction({ init: () => 0, step: (acc, v) => acc + v, finish: Math.log, real: true }),
  onnx: onnxReduce('ReduceLogSum', [...floatTypes, 'int32']),
  decompose: (b, [x], attrs) => [b.op('Log', [b.op('ReduceSum', [x], attrs)])],
});
