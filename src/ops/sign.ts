import { defineOp } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

/** -1, 0 or 1; NaN for NaN. */
export const sign = defineOp({
  name: 'Sign',
  ...unary('numbers'),
  evaluate: mapElements(Math.sign, (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n)),
  onnx: { type: 'Sign', types: numberTypes },
  tflite: { builtin: 'SIGN', types: ['float32', 'float64', 'int32'], maxRank: 8, version: byType({ int32: 2 }) },
  decompose: either(
    widened('Sign'),
    formula((f, [x]) => {
      if (x.dtype !== 'int64') return null;
      return f.sub(f.cast(f.op('Greater', x, 0), 'int64'), f.cast(f.less(x, 0), 'int64'));
    }),
  ),
});
