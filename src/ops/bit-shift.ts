import type { Value } from '../ir/graph.js';
import type { DType } from '../ir/types.js';
import { defineOp, oneOf } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, type Formula, formula, widened } from './families/elementwise-formula.js';

const left = broadcast({ row: pairwise((x, y) => (y > 31 ? 0 : x << y)), big: (x, y) => (y > 63n ? 0n : x << y) });
const right = broadcast({
  row: pairwise((x, y) => Math.floor(x / 2 ** y)),
  big: (x, y) => x >> (y > 63n ? 63n : y),
});

/** a shifted by b ≥ 0 bits. To the right, the sign of a signed integer moves in; whatever is shifted out is lost. */
export const bitShift = defineOp({
  name: 'BitShift',
  ...binary('integers'),
  attributes: { direction: oneOf('LEFT', 'RIGHT') },
  evaluate: (inputs, attrs, outputs) => (attrs.direction === 'LEFT' ? left : right)(inputs, {}, outputs),
  onnx: {
    type: 'BitShift',
    types: ['uint8', 'uint32', 'uint64'],
    read: (node) => {
      const direction = node.string('direction');
      return direction === 'LEFT' || direction === 'RIGHT'
        ? { inputs: node.inputs, attrs: { direction } }
        : node.refuse(`has the direction '${direction}'`);
    },
    write: (attrs) => ({ attributes: { direction: { string: attrs.direction } } }),
  },
  tflite: {
    builtin: 'RIGHT_SHIFT',
    types: ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'],
    maxRank: 8,
    read: (op) => ({ inputs: op.inputs, attrs: { direction: 'RIGHT' } }),
    write: (attrs) => (attrs.direction === 'RIGHT' ? {} : null),
  },
  decompose: either(
    formula((f, [a, b], { direction }, target) => {
      if (target === 'onnx') return shiftUnsigned(f, a, b, direction);
      // a << b = a · 2^b
      if (direction === 'RIGHT' || a.dtype !== 'int32') return null;
      return f.mul(a, f.with('Gather', { axis: 0 }, f.b.constant(powersOfTwo()), b));
    }),
    (b, inputs, attrs, outputs, target) => (target === 'onnx' ? null : widened('BitShift', 'int32')(b, inputs, attrs, outputs, target)),
  ),
});

/** Types that shift as well, being of the same size or having room for more: ONNX has no signed ones, onnxruntime no uint16. */
const shiftable: Partial<Record<DType, DType>> = { int8: 'uint8', int16: 'uint32', uint16: 'uint32', int32: 'uint32', int64: 'uint64' };

/** a >> b = ~(~a >> b) for negative a: the bits that come in from the left are those of the sign. */
function shiftUnsigned(f: Formula, a: Value, b: Value, direction: 'LEFT' | 'RIGHT'): Value | null {
  const to = shiftable[a.dtype];
  if (!to) return null;
  const shift = (x: Value): Value => f.cast(f.with('BitShift', { direction }, f.cast(x, to), f.cast(b, to)), a.dtype);
  if (direction === 'LEFT' || a.dtype === 'uint16') return shift(a);
  const negative = f.less(a, 0);
  const shifted = shift(f.where(negative, f.op('BitwiseNot', a), a));
  return f.where(negative, f.op('BitwiseNot', shifted), shifted);
}

const powersOfTwo = () => ({ dtype: 'int32' as DType, shape: [32], data: Int32Array.from({ length: 32 }, (_, i) => 1 << i) });
