import { floatToHalf, halfToFloat } from './half.js';
import { type DType, dtypes, type Shape, sizeOf, type TensorData, type TypeInfo } from './types.js';

/** A dense row-major tensor. `data.length` is the number of elements. */
export interface Tensor extends TypeInfo {
  readonly data: TensorData;
}

/** Numbers that a kernel may index and do arithmetic on, whatever the tensor's type. */
export type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Wraps data without a copy; throws RangeError if it does not fill the shape. */
export function tensor(dtype: DType, shape: Shape, data: TensorData): Tensor {
  if (data.length !== sizeOf(shape)) throw new RangeError(`${data.length} elements do not fill shape [${shape}]`);
  return { dtype, shape, data };
}

export const zeros = (dtype: DType, shape: Shape): Tensor => ({ dtype, shape, data: new dtypes[dtype].array(sizeOf(shape)) });

/**
 * The elements as numbers: the data itself where the type allows it, a converted copy for float16, int64 and uint64.
 * 64-bit integers beyond 2^53 lose their low bits; shapes and axes never get there.
 */
export function toNumbers(t: Tensor): Numbers {
  switch (t.dtype) {
    case 'float16': {
      const bits = t.data as Uint16Array;
      const out = new Float32Array(bits.length);
      for (let i = 0; i < out.length; i++) out[i] = halfToFloat(bits[i]);
      return out;
    }
    case 'int64':
    case 'uint64': {
      const big = t.data as BigInt64Array;
      const out = new Float64Array(big.length);
      for (let i = 0; i < out.length; i++) out[i] = Number(big[i]);
      return out;
    }
    default:
      return t.data as Numbers;
  }
}

/** An array that a kernel can write numbers to before {@link fromNumbers} turns it into a tensor of `dtype`. */
export function numbersFor(dtype: DType, length: number): Numbers {
  if (dtype === 'float16') return new Float32Array(length);
  if (dtype === 'int64' || dtype === 'uint64') return new Float64Array(length);
  return new dtypes[dtype].array(length) as Numbers;
}

/**
 * The tensor that holds these numbers: wrapped where the array is of the right kind, converted otherwise.
 * Integers wrap around as in C; a float is truncated towards zero first.
 */
export function fromNumbers(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  const { array } = dtypes[dtype];
  if (dtype !== 'float16' && values instanceof array) return tensor(dtype, shape, values as TensorData);
  const out = new array(values.length);
  if (dtype === 'float16') for (let i = 0; i < values.length; i++) out[i] = floatToHalf(values[i]);
  else if (dtype === 'int64' || dtype === 'uint64') for (let i = 0; i < values.length; i++) out[i] = toBig(values[i]);
  else if (dtype === 'bool') for (let i = 0; i < values.length; i++) out[i] = values[i] ? 1 : 0;
  else for (let i = 0; i < values.length; i++) out[i] = values[i];
  return tensor(dtype, shape, out);
}

function toBig(v: number): bigint {
  if (Number.isFinite(v)) return BigInt(Math.trunc(v));
  return v > 0 ? 2n ** 63n - 1n : v < 0 ? -(2n ** 63n) : 0n;
}

/** A float32 scalar or vector from plain numbers. */
export const f32 = (shape: Shape, values: ArrayLike<number>): Tensor => fromNumbers('float32', shape, Float32Array.from(values));

/** The raw little-endian bytes, without a copy. */
export const bytesOf = (t: Tensor): Uint8Array => new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength);

/** A tensor over little-endian bytes: a view where they are aligned, a copy where they are not. */
export function fromBytes(dtype: DType, shape: Shape, bytes: Uint8Array): Tensor {
  const { view, bytes: width } = dtypes[dtype];
  const length = sizeOf(shape);
  if (bytes.byteLength !== length * width)
    throw new RangeError(`${bytes.byteLength} bytes do not fill ${dtype}[${shape}], which takes ${length * width}`);
  // Not slice(): that of a Buffer is a view.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return tensor(dtype, shape, new view(aligned.buffer, aligned.byteOffset, length));
}
