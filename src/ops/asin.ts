import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

/** The angle in radians whose sine is x, between -π/2 and π/2; NaN beyond ±1. */
export const asin = defineOp({
  name: 'Asin',
  ...floatUnary(Math.asin),
  onnx: { type: 'Asin', types: singleTypes },
  // asin(x) = atan2(x, √((1 - x)(1 + x)))
  decompose: either(
    widened('Asin'),
    formula((f, [x]) => f.op('Atan2', x, f.op('Sqrt', f.mul(f.sub(1, x), f.add(1, x))))),
  ),
});
