import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { literal } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { onnxReduce, reduction, tfliteReduce, withoutAxes } from './families/reduce.js';
import { byType } from './families/versions.js';

export const reduceSum = defineOp({
  name: 'ReduceSum',
  ...reduction({ init: (t) => literal(t, 0), step: (acc, v) => acc + v }),
  quantize: { kind: 'free', int16: true },
  onnx: onnxReduce('ReduceSum', [...floatTypes, 'int32', 'int64']),
  tflite: tfliteReduce('SUM', ['float32', 'int8', 'int16', 'int32', 'int64'], byType({ int8: 2 })),
  decompose: widenHalf('ReduceSum', withoutAxes),
});
