import type { Value } from '../ir/graph.js';
import { isFloat } from '../ir/types.js';
import { bool, defineOp, oneOf } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floorMod } from './families/elementwise-math.js';
import { numberTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

const truncated = broadcast({ row: pairwise((x, y) => x % y), big: (x, y) => (y === 0n ? 0n : x % y) });

const floored = (zeroOf: (x: number, y: number) => number) =>
  broadcast({
    row: pairwise((x, y) => floorMod(x, y) || zeroOf(x, y)),
    big: (x, y) => {
      if (y === 0n) return 0n;
      const rest = x % y;
      return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
    },
  });
// What is neither 0 nor a number of its own is NaN: x % y says so again.
const zeroLikeDivisor = floored((x, y) => (x % y === 0 && y < 0 ? -0 : Math.abs(x % y)));
const zeroLikeDividend = floored((x, y) => x % y);

/**
 * The remainder of a / b: with the sign of the divisor b, or with `fmod` that of the dividend a. An integer's by 0 is 0.
 * A float remainder of 0 has the sign of the divisor in ONNX (as in Python) and that of the dividend in TFLite: `zero`.
 */
export const mod = defineOp({
  name: 'Mod',
  ...binary('numbers'),
  attributes: { fmod: bool(false), zero: oneOf('divisor', 'dividend') },
  evaluate: (inputs, { fmod, zero }, outputs) =>
    (fmod ? truncated : zero === 'divisor' ? zeroLikeDivisor : zeroLikeDividend)(inputs, {}, outputs),
  onnx: {
    type: 'Mod',
    attributes: { fmod: 'fmod' },
    types: numberTypes,
    write: (attrs, node) => (isFloat(node.outputs[0].dtype) && !attrs.fmod ? null : {}),
  },
  tflite: {
    builtin: 'FLOOR_MOD',
    types: ['float32', 'int32', 'int64'],
    maxRank: 8,
    version: byType({ int8: 2, int16: 2 }),
    read: (op) => ({ inputs: op.inputs, attrs: { zero: 'dividend' } }),
    write: ({ fmod, zero }, node) => (fmod || (zero === 'divisor' && isFloat(node.outputs[0].dtype)) ? null : {}),
  },
  decompose: either(
    formula((f, [a, b], { fmod, zero }, target) => {
      // fmod(a, b) = ±mod(|a|, |b|) with the sign of a
      if (fmod && target === 'tflite') {
        const rest = f.with('Mod', { zero: 'dividend' }, f.abs(a), f.abs(b));
        return f.where(f.less(a, 0), f.neg(rest), rest);
      }
      // The remainder has the divisor's sign anyway; said so, a 0 takes it on as well.
      const signed = (rest: Value): Value => (zero === 'divisor' ? f.mul(f.abs(rest), f.op('Sign', b)) : rest);
      if (target === 'tflite' && zero === 'divisor' && a.dtype === 'float32') return signed(f.with('Mod', { zero: 'dividend' }, a, b));
      // mod(a, b) = r + b where r = fmod(a, b) is not 0 and has another sign than b, else r
      if (!fmod && target === 'onnx' && isFloat(a.dtype)) {
        const rest = f.with('Mod', { fmod: true }, a, b);
        const turned = f.op('And', f.op('NotEqual', rest, 0), f.op('Xor', f.less(rest, 0), f.less(b, 0)));
        return signed(f.where(turned, f.add(rest, b), rest));
      }
      return null;
    }),
    widened('Mod'),
  ),
});
