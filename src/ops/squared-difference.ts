import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { byType } from './families/versions.js';

/** (a - b)²; integers wrap around. */
export const squaredDifference = defineOp({
  name: 'SquaredDifference',
  ...binary('numbers'),
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = (a[i] - b[j]) * (a[i] - b[j]);
    },
    integer: pairwise((x, y) => Math.imul(x - y, x - y)),
    big: (x, y) => (x - y) * (x - y),
  }),
  quantize: { kind: 'free', min: 0 },
  tflite: { builtin: 'SQUARED_DIFFERENCE', types: ['float32', 'int32'], maxRank: 8, version: byType({ int8: 2 }) },
  decompose: either(
    widened('SquaredDifference'),
    formula((f, [a, b]) => {
      const d = f.sub(a, b);
      return f.mul(d, d);
    }),
  ),
});
