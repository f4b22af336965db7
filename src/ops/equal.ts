import { comparison } from './families/elementwise-compare.js';

/** a = b, for numbers and booleans. */
export const equal = comparison({
  name: 'Equal',
  accepts: 'any type',
  row: (a, i, di, b, j, dj, z, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] === b[j] ? 1 : 0;
  },
  big: (x, y) => x === y,
  onnx: 'Equal',
  builtin: 'EQUAL',
  versions: { int8: 2, int16: 5 },
});
