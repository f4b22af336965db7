import { fromNumbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { broadcastShapes, type DType, isFloat, sameShape, sizeOf, stridesOf, type TypeInfo } from '../../ir/types.js';
import type { Cost, Operand } from '../define.js';

type Inputs = readonly (Operand | null)[];
type Tensors = readonly (Tensor | null)[];

/** The output has the type of input `i`. */
export const sameAsInput =
  (i: number) =>
  (inputs: Inputs): TypeInfo[] => {
    const x = inputs[i] as Operand;
    return [{ dtype: x.dtype, shape: x.shape }];
  };

/** One pass over the elements, `n` operations each. */
export const perElement =
  (n: number) =>
  (_: readonly (TypeInfo | null)[], outputs: readonly TypeInfo[]): Cost => ({
    macs: 0,
    elements: n * sizeOf(outputs[0].shape),
  });

/** y[i] = f(x[i]) in the element type of the output. */
export const mapElements =
  <A>(f: (x: number, attrs: A) => number) =>
  (inputs: Tensors, attrs: A, outputs: readonly TypeInfo[]): Tensor[] => {
    const x = toNumbers(inputs[0] as Tensor);
    const y = numbersFor(outputs[0].dtype, x.length);
    for (let i = 0; i < x.length; i++) y[i] = f(x[i], attrs);
    return [fromNumbers(outputs[0].dtype, outputs[0].shape, y)];
  };

/** Float in, the same float out. */
export const floatUnary = (f: (x: number) => number) => ({
  inputs: ['x'],
  outputs: ['y'],
  attributes: {},
  infer: (inputs: Inputs): TypeInfo[] => {
    const x = inputs[0] as Operand;
    if (!isFloat(x.dtype)) throw new RangeError(`it takes floats, not ${x.dtype}`);
    return sameAsInput(0)(inputs);
  },
  evaluate: mapElements(f),
  layout: 'elementwise' as const,
  cost: perElement(1),
});

/** Two operands of one type, broadcast; the output has `dtype`, or theirs. */
export const inferBroadcast =
  (dtype?: DType) =>
  (inputs: Inputs): TypeInfo[] => {
    const [a, b] = inputs as Operand[];
    if (a.dtype !== b.dtype) throw new RangeError(`its operands are ${a.dtype} and ${b.dtype}; they must have one type`);
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

/** z[i] = f(x[i], y[i]) with numpy broadcasting. */
export const broadcast2 =
  <A>(f: (x: number, y: number, attrs: A) => number) =>
  (inputs: Tensors, attrs: A, outputs: readonly TypeInfo[]): Tensor[] => {
    const [a, b] = inputs as Tensor[];
    const { dtype, shape } = outputs[0];
    const x = toNumbers(a);
    const y = toNumbers(b);
    const z = numbersFor(dtype, sizeOf(shape));
    if (sameShape(a.shape, b.shape)) for (let i = 0; i < z.length; i++) z[i] = f(x[i], y[i], attrs);
    else if (y.length === 1) for (let i = 0; i < z.length; i++) z[i] = f(x[i], y[0], attrs);
    else {
      const ix = broadcastIndex(a.shape, shape);
      const iy = broadcastIndex(b.shape, shape);
      for (let i = 0; i < z.length; i++) z[i] = f(x[ix[i]], y[iy[i]], attrs);
    }
    return [fromNumbers(dtype, shape, z)];
  };
