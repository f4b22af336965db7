import type { Value } from '../ir/graph.js';
import { broadcastShapes, sameShape } from '../ir/types.js';
import { defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';

/** The angle of the point (b, a): atan(a / b) in the right quadrant, from -π to π. */
export const atan2 = defineOp({
  name: 'Atan2',
  ...binary('floats'),
  evaluate: broadcast({ row: pairwise(Math.atan2) }),
  tflite: {
    builtin: 'ATAN2',
    types: ['float32', 'float64'],
    maxRank: 8,
    write: (_, node) => {
      const [a, b] = node.inputs as readonly Value[];
      return sameShape(a.shape, b.shape) ? {} : null;
    },
  },
  decompose: either(
    widened('Atan2'),
    formula((f, [a, b], _, target) => {
      if (target === 'tflite') {
        // The kernel does not broadcast.
        const shape = broadcastShapes(a.shape, b.shape);
        const whole = (x: Value): Value => (sameShape(x.shape, shape) ? x : f.with('Expand', { shape }, x));
        return sameShape(a.shape, b.shape) ? null : f.op('Atan2', whole(a), whole(b));
      }
      // atan(a / b), turned by ±π where b < 0; a / 0 is infinite and its angle ±π/2, and the point (0, 0) lies at 0.
      const angle = f.op('Atan', f.div(a, b));
      const turn = f.where(f.less(a, 0), -Math.PI, Math.PI);
      const origin = f.op('And', f.op('Equal', a, 0), f.op('Equal', b, 0));
      return f.where(origin, 0, f.where(f.less(b, 0), f.add(angle, turn), angle));
    }),
  ),
});
