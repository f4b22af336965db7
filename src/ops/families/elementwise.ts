import { fromNumbers, type Numbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { broadcastShapes, type DType, dtypes, isWide, sizeOf, stridesOf, type TypeInfo } from '../../ir/types.js';
import type { Cost, Operand } from '../define.js';
import { type Accepts, checkOneType, checkType } from './elementwise-types.js';

type Inputs = readonly (Operand | null)[];
type Tensors = readonly (Tensor | null)[];
type Evaluate<A> = (inputs: Tensors, attrs: A, outputs: readonly TypeInfo[]) => Tensor[];

/** The output has the type of input `i`. */
export const sameAsInput =
  (i: number, accepts: Accepts = 'any type') =>
  (inputs: Inputs): TypeInfo[] => {
    const x = inputs[i] as Operand;
    checkType(x, accepts);
    return [{ dtype: x.dtype, shape: x.shape }];
  };

/** A bool for each element of the input. */
export const booleanOf =
  (accepts: Accepts) =>
  (inputs: Inputs): TypeInfo[] => [{ ...sameAsInput(0, accepts)(inputs)[0], dtype: 'bool' }];

/** One pass over the elements, `n` operations each. */
export const perElement =
  (n: number) =>
  (_: readonly (TypeInfo | null)[], outputs: readonly TypeInfo[]): Cost => ({
    macs: 0,
    elements: n * sizeOf(outputs[0].shape),
  });

/**
 * y[i] = f(x[i]) in the element type of the output.
 * @param big The same on 64-bit integers, exactly; without it they pass through doubles.
 */
export const mapElements = <A>(f: (x: number, attrs: A) => number, big?: (x: bigint, attrs: A) => bigint): Evaluate<A> =>
  mapWhole((x, y, attrs: A) => {
    for (let i = 0; i < x.length; i++) y[i] = f(x[i], attrs);
  }, big);

/** {@link mapElements} for operators that spell out their own loop, which the engine compiles without a call per element. */
export const mapWhole =
  <A>(loop: (x: Numbers, y: Numbers, attrs: A) => void, big?: (x: bigint, attrs: A) => bigint): Evaluate<A> =>
  (inputs, attrs, outputs) => {
    const x = inputs[0] as Tensor;
    const { dtype, shape } = outputs[0];
    if (big && isWide(x.dtype) && isWide(dtype)) {
      const from = x.data as BigInt64Array;
      const to = new dtypes[dtype].array(from.length);
      for (let i = 0; i < from.length; i++) to[i] = big(from[i], attrs);
      return [{ dtype, shape, data: to }];
    }
    const from = toNumbers(x);
    const to = numbersFor(dtype, from.length);
    loop(from, to, attrs);
    return [fromNumbers(dtype, shape, to)];
  };

/** The parts that every operator of one operand and one equally shaped result has in common. */
export const unary = (accepts: Accepts, operations = 1) => ({
  inputs: ['x'],
  outputs: ['y'],
  attributes: {},
  infer: sameAsInput(0, accepts),
  layout: 'elementwise' as const,
  cost: perElement(operations),
});

/** Float in, the same float out. */
export const floatUnary = (f: (x: number) => number) => ({ ...unary('floats'), evaluate: mapElements(f) });

/** Two operands of one type, broadcast; the output has `dtype`, or theirs. */
export const inferBroadcast =
  (dtype?: DType, accepts: Accepts = 'any type') =>
  (inputs: Inputs): TypeInfo[] => {
    const [a, b] = inputs as Operand[];
    checkType(a, accepts);
    checkOneType([a, b]);
    return [{ dtype: dtype ?? a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
  };

/** For each element of `shape`, the element of an operand of shape `from` that broadcasts to it. */
export function broadcastIndex(from: readonly number[], shape: readonly number[]): Int32Array {
  const index = new Int32Array(sizeOf(shape));
  const offset = shape.length - from.length;
  const strides = stridesOf(from);
  let filled = 1;
  // Innermost axis first: each axis repeats what is filled so far, shifted by its stride (or by 0 where it broadcasts).
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const step = axis >= offset && from[axis - offset] !== 1 ? strides[axis - offset] : 0;
    for (let k = 1; k < shape[axis]; k++) {
      const base = k * filled;
      const shift = k * step;
      for (let i = 0; i < filled; i++) index[base + i] = index[i] + shift;
    }
    filled *= shape[axis];
  }
  return index;
}
