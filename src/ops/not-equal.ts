import { comparison } from './families/elementwise-compare.js';
import { either, formula, widened } from './families/elementwise-formula.js';

/** a ≠ b, for numbers and booleans; true for NaN. */
export const notEqual = comparison({
  name: 'NotEqual',
  accepts: 'any type',
  row: (a, i, di, b, j, dj, z, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] !== b[j] ? 1 : 0;
  },
  big: (x, y) => x !== y,
  builtin: 'NOT_EQUAL',
  versions: { int8: 2, int16: 4 },
  decompose: either(
    formula((f, [a, b], _, target) => (target === 'onnx' ? f.op('Not', f.op('Equal', a, b)) : null)),
    widened('NotEqual'),
  ),
});
