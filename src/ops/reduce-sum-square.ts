import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { literal } from './families/exact.js';
import { onnxReduce, reduction } from './families/reduce.js';

export const reduceSumSquare = defineOp({
  name: 'ReduceSumSquare',
  ...reduction({ init: (t) => literal(t, 0), step: (acc, v) => acc + v * v }),
  onnx: onnxReduce('ReduceSumSquare', [...floatTypes, 'int32']),
  decompose: (b, [x], attrs) => [b.op('ReduceSum', [b.op('Mul', [x, x])], attrs)],
});
