import { defineOp } from './define.js';
import { floatTypes } from './families/elementwise-types.js';
import { limits, smaller } from './families/exact.js';
import { widenHalf } from './families/half.js';
import { onnxReduce, reduction, tfliteReduce, withoutAxes } from './families/reduce.js';
import { byType } from './families/versions.js';

/** The smallest element; NaN where there is one. */
export const reduceMin = defineOp({
  name: 'ReduceMin',
  ...reduction({ init: (t) => limits(t).high, step: smaller }),
  quantize: { kind: 'output-like-input', from: 0, int16: true },
  onnx: onnxReduce('ReduceMin', [...floatTypes, 'int8', 'uint8', 'int32', 'int64']),
  tflite: tfliteReduce('REDUCE_MIN', ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64'], byType({ int8: 2, int16: 3 })),
  // Of booleans it is all(x).
  decompose: widenHalf('ReduceMin', (b, inputs, attrs) =>
    inputs[0]?.dtype === 'bool' ? [b.op('ReduceAll', inputs, attrs)] : withoutAxes(b, inputs, attrs),
  ),
});
