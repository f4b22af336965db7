import { isFloat } from '../ir/types.js';
import { bool, defineOp } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { floorMod } from './families/elementwise-math.js';
import { numberTypes } from './families/elementwise-types.js';
import { byType } from './families/versions.js';

const truncated = broadcast({ row: pairwise((x, y) => x % y), big: (x, y) => (y === 0n ? 0n : x % y) });
const floored = broadcast({
  row: pairwise(floorMod),
  big: (x, y) => {
    if (y === 0n) return 0n;
    const rest = x % y;
    return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
  },
});

/** The remainder of a / b: with the sign of the divisor b, or with `fmod` that of the dividend a. An integer's by 0 is 0. */
export const mod = defineOp({
  name: 'Mod',
  ...binary('numbers'),
  attributes: { fmod: bool(false) },
  evaluate: (inputs, attrs, outputs) => (attrs.fmod ? truncated : floored)(inputs, {}, outputs),
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
    write: (attrs) => (attrs.fmod ? null : {}),
  },
  decompose: either(
    formula((f, [a, b], { fmod }, target) => {
      // fmod(a, b) = ±mod(|a|, |b|) with the sign of a
      if (fmod && target === 'tflite') {
        const rest = f.with('Mod', { fmod: false }, f.abs(a), f.abs(b));
        return f.where(f.less(a, 0), f.neg(rest), rest);
      }
      // mod(a, b) = r + b where r = fmod(a, b) is not 0 and has another sign than b, else r
      if (!fmod && target === 'onnx' && isFloat(a.dtype)) {
        const rest = f.with('Mod', { fmod: true }, a, b);
        const turned = f.op('And', f.op('NotEqual', rest, 0), f.op('Xor', f.less(rest, 0), f.less(b, 0)));
        return f.where(turned, f.add(rest, b), rest);
      }
      return null;
    }),
    widened('Mod'),
  ),
});
