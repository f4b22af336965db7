/** Element types a value can have. Strings, complex numbers and 4/8-bit floats are refused by the readers. */
export type DType =
  | 'float32'
  | 'float16'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

/** float16 is held as raw bits in a Uint16Array, bool as 0 or 1 in a Uint8Array. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export type Shape = readonly number[];

/** What is known of a value before it is computed. */
export interface TypeInfo {
  readonly dtype: DType;
  readonly shape: Shape;
}

interface DTypeInfo {
  readonly bytes: number;
  readonly array: new (length: number) => TensorData;
  readonly view: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorData;
  readonly kind: 'float' | 'int' | 'uint' | 'bool';
}

const info = (array: unknown, bytes: number, kind: DTypeInfo['kind']): DTypeInfo => ({ array, view: array, bytes, kind }) as DTypeInfo;

export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  float32: info(Float32Array, 4, 'float'),
  float16: info(Uint16Array, 2, 'float'),
  float64: info(Float64Array, 8, 'float'),
  int8: info(Int8Array, 1, 'int'),
  uint8: info(Uint8Array, 1, 'uint'),
  int16: info(Int16Array, 2, 'int'),
  uint16: info(Uint16Array, 2, 'uint'),
  int32: info(Int32Array, 4, 'int'),
  uint32: info(Uint32Array, 4, 'uint'),
  int64: info(BigInt64Array, 8, 'int'),
  uint64: info(BigUint64Array, 8, 'uint'),
  bool: info(Uint8Array, 1, 'bool'),
};

export const isFloat = (t: DType): boolean => dtypes[t].kind === 'float';
export const isInteger = (t: DType): boolean => dtypes[t].kind === 'int' || dtypes[t].kind === 'uint';
export const isWide = (t: DType): t is 'int64' | 'uint64' => t === 'int64' || t === 'uint64';

/** Number of elements; 1 for a scalar (empty shape). */
export function sizeOf(shape: Shape): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

/** Bytes of a dense tensor of this type. */
export const byteSize = (t: TypeInfo): number => sizeOf(t.shape) * dtypes[t.dtype].bytes;

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let s = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = s;
    s *= shape[i];
  }
  return strides;
}

/** `axis` counted from the front; throws RangeError outside [-rank, rank). */
export function normalizeAxis(axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(a) || a < 0 || a >= Math.max(rank, 1)) throw new RangeError(`axis ${axis} is outside a tensor of rank ${rank}`);
  return a;
}

/** The numpy broadcast of shapes; throws RangeError where they do not fit. */
export function broadcastShapes(...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = new Array<number>(rank).fill(1);
  for (const s of shapes) {
    for (let i = 0; i < s.length; i++) {
      const j = rank - s.length + i;
      if (s[i] === out[j] || s[i] === 1) continue;
      if (out[j] !== 1) throw new RangeError(`shapes ${shapes.map((x) => `[${x}]`).join(' and ')} do not broadcast`);
      out[j] = s[i];
    }
  }
  return out;
}

export const showType = (t: TypeInfo): string => `${t.dtype}[${t.shape.join(',')}]`;
