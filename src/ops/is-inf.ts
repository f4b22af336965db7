import { bool, defineOp } from './define.js';
import { booleanOf, mapElements, unary } from './families/elementwise.js';
import { formula } from './families/elementwise-formula.js';

interface Signs {
  readonly detectNegative: boolean;
  readonly detectPositive: boolean;
}

/** Is x infinite, of the signs that are asked for? */
export const isInf = defineOp({
  name: 'IsInf',
  ...unary('floats'),
  attributes: { detectNegative: bool(true), detectPositive: bool(true) },
  infer: booleanOf('floats'),
  evaluate: mapElements((x, { detectNegative, detectPositive }: Signs) =>
    (detectPositive && x === Infinity) || (detectNegative && x === -Infinity) ? 1 : 0,
  ),
  onnx: {
    type: 'IsInf',
    attributes: { detectNegative: 'detect_negative', detectPositive: 'detect_positive' },
    types: ['float32', 'float64'],
  },
  decompose: formula((f, [x], { detectNegative, detectPositive }, target) => {
    if (target === 'onnx') return f.with('IsInf', { detectNegative, detectPositive }, f.cast(x, 'float32'));
    if (detectNegative && detectPositive) return f.op('Equal', f.abs(x), Infinity);
    if (detectNegative || detectPositive) return f.op('Equal', x, detectPositive ? Infinity : -Infinity);
    return f.op('Less', x, -Infinity);
  }),
});
