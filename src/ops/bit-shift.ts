import { isConstant, type Value } from '../ir/graph.js';
import { type Tensor, toNumbers } from '../ir/tensor.js';
import { type DType, dtypes } from '../ir/types.js';
import { defineOp, oneOf } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, type Formula, formula, widened } from './families/elementwise-formula.js';

const left = broadcast({
  row: pairwise((x, y) => (y < 0 || y > 31 ? 0 : x << y)),
  big: (x, y) => (y < 0n || y > 63n ? 0n : x << y),
});
const right = broadcast({
  row: pairwise((x, y) => (y < 0 ? Number(x < 0) * -1 : Math.floor(x / 2 ** y))),
  big: (x, y) => (y < 0n || y > 63n ? (x < 0n ? -1n : 0n) : x >> y),
});

/**
 * a shifted by b bits. To the right, the sign of a signed integer moves in; whatever is shifted out is lost.
 * A negative b, or one beyond the type's bits, shifts everything out, as ONNX has it since opset 28.
 */
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
    // The kernel takes a negative shift for 0.
    write: (attrs, node) => (attrs.direction === 'RIGHT' && isNeverNegative(node.inputs[1] as Value) ? {} : null),
  },
  decompose: either(
    formula((f, [a, b], { direction }, target) => {
      if (target === 'onnx') return shiftUnsigned(f, a, b, direction);
      if (a.dtype !== 'int32') return null;
      const power = (bits: number): Value => {
        const index = f.where(f.less(b, 0), bits, f.op('Minimum', b, bits));
        return f.with('Gather', { axis: 0 }, f.b.constant(powersOfTwo(bits)), index);
      };
      // a << b = a · 2^b
      if (direction === 'LEFT') return f.mul(a, power(32));
      // a >> b = floor(a / 2^b); the highest power that int32 holds leaves 0 or -1 of all but 2^30 and more
      const sign = f.neg(f.cast(f.less(a, 0), 'int32'));
      const beyond = f.op('Or', f.less(b, 0), f.less(30, b));
      return f.where(beyond, sign, f.op('FloorDiv', a, power(30)));
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

const isNeverNegative = (v: Value): boolean =>
  dtypes[v.dtype].kind === 'uint' || (isConstant(v) && toNumbers(v as Tensor).every((x: number) => x >= 0));

/** 2^0 … 2^last in int32, of which 2^32 is the 0 that shifts everything out. */
const powersOfTwo = (last: number) => ({
  dtype: 'int32' as DType,
  shape: [last + 1],
  data: Int32Array.from({ length: last + 1 }, (_, i) => (i < 32 ? 1 << i : 0)),
});
