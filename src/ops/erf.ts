import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { erf as errorFunction } from './families/elementwise-math.js';
import { singleTypes } from './families/elementwise-types.js';

/** Coefficients of x, x³, x⁵ … */
const numerator = [
  -1.60960333262415e-2, -2.95459980854025e-3, -7.34990630326855e-4, -5.69250639462346e-5, -2.10102402082508e-6, 2.77068142495902e-8,
  -2.72614225801306e-10,
];
/** Coefficients of 1, x², x⁴ … */
const denominator = [-1.42647390514189e-2, -7.37332916720468e-3, -1.68282697438203e-3, -2.13374055278905e-4, -1.45660718464996e-5];

/** The error function. */
export const erf = defineOp({
  name: 'Erf',
  ...floatUnary(errorFunction),
  onnx: { type: 'Erf', types: singleTypes },
  // A rational approximation x P(x²) / Q(x²) on |x| ≤ 4, beyond which float32 has ±1 (the coefficients are those of Eigen's
  // generic_fast_erf_float); the error is below 3e-7.
  decompose: either(
    widened('Erf'),
    formula((f, [x]) => {
      if (f.dtype === 'float64') return null;
      const c = f.with('Clip', { min: -4, max: 4 }, x);
      const square = f.mul(c, c);
      const p = f.polynomial(square, numerator);
      return f.div(f.mul(c, p), f.polynomial(square, denominator));
    }),
  ),
});
