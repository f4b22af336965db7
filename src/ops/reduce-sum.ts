import { defineOp } from './define.js';
import { literal } from './families/exact.js';
import { onnxReduce, reduction, tfliteReduce, withoutAxes } from './families/reduce.js';
import { byType } from './families/versions.js';

export const reduceSum = defineOp({
  name: 'ReduceSum',
  ...reduction({ init: (t) => literal(t, 0), step: (acc, v) => acc + v }),
  quantize: { kind: 'free', int16: true },
  onnx: onnxReduce('ReduceSum', ['float32', 'float64', 'int32', 'int64']),
  tflite: tfliteReduce('SUM', ['float32', 'int8', 'int16', 'int32', 'int64'], byType({ int8: 2, int16: 2 })),
  decompose: withoutAxes,
});
