import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { literal } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { onnxReduce, reduction, tfliteReduce, withoutAxes } from './families/reduce.js';
import { byType } from './families/versions.js';

/** The mean; of integers truncated towards zero, as ONNX Runtime and TFLite do. */
export const reduceMean = defineOp({
  name: 'ReduceMean',
  ...reduction({ init: (t) => literal(t, 0), step: (acc, v) => acc + v, finish: (acc, n) => acc / n }),
  quantize: { kind: 'free', int16: true },
  onnx: onnxReduce('ReduceMean', [...floatTypes, 'int32', 'int64']),
  tflite: tfliteReduce('MEAN', ['float32', 'int8', 'int16', 'int32', 'int64'], byType({ int8: 2, int16: 3 })),
  decompose: widenHalf('ReduceMean', withoutAxes),
});
