import { isFloat } from '../ir/types.js';
import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { formula } from './families/elementwise-formula.js';
import { numberTypes } from './families/elementwise-types.js';

interface Attributes {
  readonly bias: number;
  readonly lambd: number;
}

/** x + bias below -lambd, x - bias above lambd, 0 between. */
export const shrink = defineOp({
  name: 'Shrink',
  ...unary('numbers'),
  attributes: { bias: float(0), lambd: float(0.5) },
  evaluate: mapElements(
    (x, { bias, lambd }: Attributes) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0),
    (x, { bias, lambd }) => (x < -lambd ? x + BigInt(Math.trunc(bias)) : x > lambd ? x - BigInt(Math.trunc(bias)) : 0n),
  ),
  onnx: { type: 'Shrink', attributes: { bias: 'bias', lambd: 'lambd' }, types: numberTypes },
  decompose: formula((f, [x], { bias, lambd }) => {
    if (!isFloat(x.dtype)) return null;
    const above = f.where(f.op('Greater', x, lambd), f.sub(x, bias), 0);
    return f.where(f.less(x, -lambd), f.add(x, bias), above);
  }),
});
