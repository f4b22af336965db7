import { defineOp } from './define.js';
import { binary, broadcast } from './families/elementwise-binary.js';
import { extremum } from './families/elementwise-extremum.js';
import { widened } from './families/elementwise-formula.js';

/** The smaller of two numbers; NaN where one of them is NaN. */
export const minimum = defineOp({
  name: 'Minimum',
  ...binary('numbers'),
  evaluate: broadcast({
    row: (a, i, di, b, j, dj, z, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = Math.min(a[i], b[j]);
    },
    big: (x, y) => (x < y ? x : y),
  }),
  quantize: { kind: 'inputs-like-output', int16: true },
  ...extremum('Min', 'MINIMUM'),
  keras: { layer: 'Minimum' },
  decompose: widened('Minimum'),
});
