import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { larger, limits } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { onnxReduce, reduction, tfliteReduce, withoutAxes } from './families/reduce.js';
import { byType } from './families/versions.js';

/** The largest element; NaN where there is one. */
export const reduceMax = defineOp({
  name: 'ReduceMax',
  ...reduction({ init: (t) => limits(t).low, step: larger }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: onnxReduce('ReduceMax', [...floatTypes, 'int8', 'uint8', 'int32', 'int64']),
  tflite: tfliteReduce('REDUCE_MAX', ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64'], byType({ int8: 2, int16: 3 })),
  // Of booleans it is any(x).
  decompose: widenHalf('ReduceMax', (b, inputs, attrs) =>
    inputs[0]?.dtype === 'bool' ? [b.op('ReduceAny', inputs, attrs)] : withoutAxes(b, inputs, attrs),
  ),
});
