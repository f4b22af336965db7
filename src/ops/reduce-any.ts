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
  // any(x) -> max(cast(x, int32)) > 0, which is false for no elements as well: their maximum is the lowest integer
  decompose: (b, [x], attrs) => {
    const most = b.op('ReduceMax', [b.op('Cast', [x], { to: 'int32' })], attrs);
    return [b.op('Greater', [most, b.scalar(0, 'int32')])];
  },
});
