import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The angle in radians whose tangent is x, between -π/2 and π/2. */
export const atan = defineOp({
  name: 'Atan',
  ...floatUnary(Math.atan),
  onnx: { type: 'Atan', types: singleTypes },
  // atan(x) = atan2(x, 1)
  decompose: either(
    widened('Atan'),
    formula((f, [x], _, target) => (target === 'tflite' ? f.op('Atan2', x, f.add(f.mul(x, 0), 1)) : null)),
  ),
});
