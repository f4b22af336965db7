import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** x · clip(x + 3, 0, 6) / 6. */
export const hardSwish = defineOp({
  name: 'HardSwish',
  ...floatUnary((x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6),
  quantize: { kind: 'free', min: -0.375 },
  onnx: { type: 'HardSwish', types: singleTypes },
  tflite: { builtin: 'HARD_SWISH', types: ['float32'], maxRank: 8, version: () => 1 },
  keras: { activation: 'hard_silu' },
  decompose: either(
    widened('HardSwish'),
    formula((f, [x]) => f.mul(x, f.with('HardSigmoid', { alpha: 1 / 6, beta: 0.5 }, x))),
  ),
});
