import type { Value } from '../ir/graph.js';
import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, type Formula, formula, widened } from './families/elementwise-formula.js';
import { integerTypes } from './families/elementwise-types.js';

/** a & b = (a + b - (a ^ b)) / 2, for integers whose sum does not wrap around. */
function halvedSum(f: Formula, a: Value, b: Value): Value {
  const carried = f.sub(f.add(a, b), f.op('BitwiseXor', a, b));
  return f.with('BitShift', { direction: 'RIGHT' }, carried, 1);
}

/** The bits that are set in both of two integers. */
export const bitwiseAnd = defineOp({
  name: 'BitwiseAnd',
  ...binary('integers'),
  evaluate: broadcast({ row: pairwise((x, y) => x & y), big: (x, y) => x & y }),
  onnx: { type: 'BitwiseAnd', types: integerTypes },
  // TFLite has no such builtin: int32 is taken in halves of 16 bits, narrower integers are widened to it.
  decompose: either(
    widened('BitwiseAnd', 'int32'),
    formula((f, [a, b], _, target) => {
      if (a.dtype !== 'int32' || target !== 'tflite') return null;
      const high = (x: Value): Value => f.with('BitShift', { direction: 'RIGHT' }, x, 16);
      const low = (x: Value): Value => f.sub(x, f.mul(high(x), 65536));
      return f.add(f.mul(halvedSum(f, high(a), high(b)), 65536), halvedSum(f, low(a), low(b)));
    }),
  ),
});
