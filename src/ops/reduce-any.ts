import { defineOp, type Operand } from './define.js';
import { inferReduce, reduction, tfliteReduce } from './families/reduce.js';

/** Whether one element is true. */
export const reduceAny = defineOp({
  name: 'ReduceAny',
  ...reduction({ init: () => 0, step: (acc, v) => acc || v }),
  infer: (inputs, attrs) => {
    const x = inputs[0] as Operand;
    if (x.dtype !== 'bool') throw new RangeError(`it takes booleans, not ${x.dtype}`);
    return inferReduce(inputs, attrs);
  },
  tflite: tfliteReduce('REDUCE_ANY', ['bool'], () => 1),
  // any(x) -> cast(max(cast(x, int32)), bool)
  decompose: (b, [x], attrs) => [b.op('Cast', [b.op('ReduceMax', [b.op('Cast', [x], { to: 'int32' })], attrs)], { to: 'bool' })],
});
