import { defineOp } from './define.js';
import { floatUnary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { byType } from './families/versions.js';

/** 1 / √x. */
export const rsqrt = defineOp({
  name: 'Rsqrt',
  ...floatUnary((x) => 1 / Math.sqrt(x)),
  quantize: { kind: 'free', int16: true },
  tflite: { builtin: 'RSQRT', types: ['float32'], maxRank: 8, version: byType({ int8: 2, int16: 3 }) },
  decompose: either(
    widened('Rsqrt'),
    formula((f, [x]) => f.op('Reciprocal', f.op('Sqrt', x))),
  ),
});
