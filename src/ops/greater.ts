import { comparison } from './families/elementwise-compare.js';

/** a > b. */
export const greater = comparison({
  name: 'Greater',
  accepts: 'numbers',
  row: (a, i, di, b, j, dj, z, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] > b[j] ? 1 : 0;
  },
  big: (x, y) => x > y,
  onnx: 'Greater',
  builtin: 'GREATER',
  versions: { int8: 2 },
});
