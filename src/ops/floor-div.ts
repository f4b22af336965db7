import type { Tensor } from '../ir/tensor.js';
import { dtypes, isFloat } from '../ir/types.js';
import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { byType } from './families/versions.js';
import { floor } from './floor.js';

const quotient = broadcast({
  row: (a, i, di, b, j, dj, z, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = a[i] / b[j];
  },
  integer: pairwise((x, y) => Math.floor(x / y)),
  big: (x, y) => {
    if (y === 0n) return 0n;
    return x % y !== 0n && x < 0n !== y < 0n ? x / y - 1n : x / y;
  },
});

/** floor(a / b), where a float quotient is rounded to its type first; an integer divided by 0 gives 0. */
export const floorDiv = defineOp({
  name: 'FloorDiv',
  ...binary('numbers'),
  evaluate: (inputs, _, outputs) => {
    const y: Tensor[] = quotient(inputs, {}, outputs);
    const { dtype } = outputs[0];
    return isFloat(dtype) ? floor.evaluate(y, {}, outputs) : y;
  },
  tflite: {
    builtin: 'FLOOR_DIV',
    types: ['float32', 'int32'],
    maxRank: 8,
    version: byType({ float32: 2, int8: 3, int16: 3 }),
  },
  decompose: either(
    formula((f, [a, b], _, target) => {
      if (target === 'tflite') return null;
      const q = f.div(a, b);
      if (isFloat(a.dtype)) return f.op('Floor', q);
      if (dtypes[a.dtype].kind === 'uint') return q;
      // Truncation and floor differ by one where there is a rest and the signs do.
      const rest = f.with('Mod', { fmod: true }, a, b);
      const below = f.op('And', f.op('NotEqual', rest, 0), f.op('Xor', f.less(rest, 0), f.less(b, 0)));
      return f.where(below, f.sub(q, 1), q);
    }),
    widened('FloorDiv'),
  ),
});
