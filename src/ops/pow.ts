import type { Value } from '../ir/graph.js';
import { broadcastShapes, type DType, isFloat, isInteger } from '../ir/types.js';
import { defineOp, type Operand } from './define.js';
import { binary, broadcast, pairwise } from './families/elementwise-binary.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { bigPower, integerPower, power } from './families/elementwise-math.js';
import { checkType, floatTypes } from './families/elementwise-types.js';

const ortTypes: readonly DType[] = [...floatTypes, 'int32', 'int64'];

/** a to the power b, in the type of a; b may have another. */
export const pow = defineOp({
  name: 'Pow',
  ...binary('numbers'),
  infer: (inputs) => {
    const [a, b] = inputs as Operand[];
    checkType(a, 'numbers');
    checkType(b, 'numbers');
    return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
  },
  evaluate: broadcast({ row: pairwise(power), integer: pairwise(integerPower), big: bigPower }),
  onnx: {
    type: 'Pow',
    types: ortTypes,
    write: (_, node) => (ortTypes.includes((node.inputs[1] as Value).dtype) ? {} : null),
  },
  tflite: {
    builtin: 'POW',
    types: ['float32', 'int32'],
    maxRank: 8,
    write: (_, node) => (sameTypes(node.inputs as readonly Value[]) ? {} : null),
  },
  // pow(a, b) -> pow(a, cast(b)): an integer exponent means the same in the type of a; a fraction would be cut off by integers.
  decompose: either(
    formula((f, [a, b]) => {
      if (a.dtype === b.dtype || !(isFloat(a.dtype) || isInteger(b.dtype))) return null;
      return f.op('Pow', a, f.cast(b, a.dtype));
    }),
    widened('Pow'),
  ),
});

const sameTypes = ([a, b]: readonly Value[]): boolean => a.dtype === b.dtype;
