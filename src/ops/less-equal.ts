import { comparison } from './families/elementwise-compare.js';

/** a ≤ b. */
export const lessEqual = comparison({
  name: 'LessEqual',
  accepts: 'numbers',
  row: (a, i, di, b, j, dj, z, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] <= b[j] ? 1 : 0;
  },
  big: (x, y) => x <= y,
  onnx: 'LessOrEqual',
  builtin: 'LESS_EQUAL',
  versions: { int8: 2 },
});
