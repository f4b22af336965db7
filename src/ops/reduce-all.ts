import { defineOp, type Operand } from './define.js';
import { inferReduce, reduction, tfliteReduce } from './families/reduce.js';

/** Whether every element is true. */
export const reduceAll = defineOp({
  name: 'ReduceAll',
  ...reduction({ init: () => 1, step: (acc, v) => acc && v }),
  infer: (inputs, attrs) => {
    const x = inputs[0] as Operand;
    if (x.dtype !== 'bool') throw new RangeError(`it takes booleans, not ${x.dtype}`);
    return inferReduce(inputs, attrs);
  },
  tflite: tfliteReduce('REDUCE_ALL', ['bool'], () => 1),
  // all(x) -> cast(min(cast(x, int32)), bool)
  decompose: (b, [x], attrs) => [b.op('Cast', [b.op('ReduceMin', [b.op('Cast', [x], { to: 'int32' })], attrs)], { to: 'bool' })],
});
