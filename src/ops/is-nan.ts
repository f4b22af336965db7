import { defineOp } from './define.js';
import { booleanOf, mapElements, unary } from './families/elementwise.js';
import { formula } from './families/elementwise-formula.js';
import { floatTypes } from './families/elementwise-types.js';

/** Is x not a number? */
export const isNan = defineOp({
  name: 'IsNaN',
  ...unary('floats'),
  infer: booleanOf('floats'),
  evaluate: mapElements((x) => (Number.isNaN(x) ? 1 : 0)),
  onnx: { type: 'IsNaN', types: floatTypes },
  decompose: formula((f, [x]) => f.op('NotEqual', x, x)),
});
