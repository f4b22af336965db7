import { type DType, dtypes, isInteger } from '../ir/types.js';
import { defineOp, float } from './define.js';
import { mapElements, unary } from './families/elementwise.js';
import { either, formula, widened } from './families/elementwise-formula.js';
import { singleTypes } from './families/elementwise-types.js';

interface Attributes {
  readonly bias: number;
  readonly lambd: number;
}

/** onnxruntime computes in float32, which has no room for wider integers. */
const ortTypes: readonly DType[] = [...singleTypes, 'int8', 'uint8', 'int16', 'uint16'];

/** x + bias below -lambd, x - bias above lambd, 0 between. */
export const shrink = defineOp({
  name: 'Shrink',
  ...unary('numbers'),
  attributes: { bias: float(0), lambd: float(0.5) },
  evaluate: mapElements(
    (x, { bias, lambd }: Attributes) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0),
    (x, { bias, lambd }) => (x < -lambd ? x + BigInt(Math.trunc(bias)) : x > lambd ? x - BigInt(Math.trunc(bias)) : 0n),
  ),
  onnx: { type: 'Shrink', attributes: { bias: 'bias', lambd: 'lambd' }, types: ortTypes },
  decompose: either(
    widened('Shrink'),
    formula((f, [x], { bias, lambd }) => {
      const whole = isInteger(x.dtype);
      if (whole && (!Number.isInteger(bias) || dtypes[x.dtype].kind === 'uint')) return null;
      const bound = whole ? Math.floor(lambd) : lambd;
      const above = f.where(f.op('Greater', x, bound), f.sub(x, bias), 0);
      return f.where(f.less(x, -bound), f.add(x, bias), above);
    }),
  ),
});
