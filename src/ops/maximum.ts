import { defineOp } from './define.js';
import { binary, broadcast } from './families/elementwise-binary.js';
import { extremum } from './families/elementwise-extremum.js';
import { widened } from './families/elementwise-formula.js';

/** The larger of two numbers; NaN where one of them is NaN. */
export const maximum = defineOp({
  name: 'Maximum',
  ...binary('numbers'),
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = Math.max(a[i], b[j]);
    },
    big: (x, y) => (x > y ? x : y),
  }),
  quantize: { kind: 'inputs-like-output', int16: true },
  ...extremum('Max', 'MAXIMUM'),
  keras: { layer: 'Maximum' },
  decompose: widened('Maximum'),
});
