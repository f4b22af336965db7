import type { Tensor } from '../../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../../ir/types.js';
import { bool, int, type Operand } from '../define.js';
import type { OnnxMapping } from '../mappings.js';
import { checkAxis, fileAxis } from './axes.js';
import { perElement } from './elementwise.js';
import { floatTypes } from './elementwise-types.js';
import { exactArray, exactNumbers, exactTensor, literal } from './exact.js';
import { axisLaw } from './layout.js';

interface CumulateAttrs {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** What CumSum and CumProd share: y[i] = fold of x[0..i] along `axis`, without x[i] if `exclusive`, from the end if `reverse`. */
export const cumulation = (start: number, step: (acc: number, v: number) => number) => ({
  inputs: ['x'],
  outputs: ['y'],
  attributes: { axis: int(), exclusive: bool(false), reverse: bool(false) },
  infer: (inputs: readonly (Operand | null)[], { axis }: CumulateAttrs): TypeInfo[] => {
    const { dtype, shape } = inputs[0] as Operand;
    if (dtype === 'bool') throw new RangeError('it takes numbers, not bool');
    checkAxis(axis, shape.length);
    return [{ dtype, shape }];
  },
  evaluate: (inputs: readonly (Tensor | null)[], { axis, exclusive, reverse }: CumulateAttrs): Tensor[] => {
    const t = inputs[0] as Tensor;
    const x = exactNumbers(t);
    const y = exactArray(t.dtype, x.length);
    const length = t.shape[axis];
    const step1 = sizeOf(t.shape.slice(axis + 1));
    const stride = reverse ? -step1 : step1;
    for (let block = 0; block < x.length; block += length * step1)
      for (let i = 0; i < step1; i++) {
        let at = block + i + (reverse ? (length - 1) * step1 : 0);
        let acc = literal(t.dtype, start);
        for (let k = 0; k < length; k++, at += stride) {
          const next = step(acc, x[at]);
          y[at] = exclusive ? acc : next;
          acc = next;
        }
      }
    return [exactTensor(t.dtype, t.shape, y)];
  },
  layout: axisLaw,
  cost: perElement(1),
});

/** The axis is a scalar input in ONNX. */
export const onnxCumulation = (type: string): OnnxMapping<CumulateAttrs> => ({
  type,
  types: [...floatTypes, 'int32', 'int64'],
  read: (n) => ({
    inputs: [n.input(0)],
    attrs: {
      axis: fileAxis(n.constantInts(1)[0], n.input(0).shape.length, n),
      exclusive: n.int('exclusive', 0) !== 0,
      reverse: n.int('reverse', 0) !== 0,
    },
  }),
  write: ({ axis, exclusive, reverse }, node) => ({
    inputs: [node.inputs[0], { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(axis)) }],
    attributes: { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } },
  }),
});
