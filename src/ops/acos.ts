import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The angle in radians whose cosine is x, between 0 and π; NaN beyond ±1. */
export const acos = defineOp({
  name: 'Acos',
  ...floatUnary(Math.acos),
  onnx: { type: 'Acos', types: singleTypes },
  // acos(x) = atan2(√((1 - x)(1 + x)), x)
  decompose: either(
    widened('Acos'),
    formula((f, [x]) => f.op('Atan2', f.op('Sqrt', f.mul(f.sub(1, x), f.add(1, x))), x)),
  ),
});
