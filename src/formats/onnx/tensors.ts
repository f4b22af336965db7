import { ModelError } from '../../errors.js';
import { fromBytes, fromNumbers, type Tensor } from '../../ir/tensor.js';
import { dtypes, sizeOf } from '../../ir/types.js';
import type { Source } from '../types.js';
import { bfloat16Type, dataTypeName, dtypeOf, type Int64, type SparseTensorProto, type TensorProto } from './proto.js';

/** A tensor beyond this is a corrupt file: nothing that edgeml targets comes near it. */
const maxElements = 2 ** 31 - 1;
/** A sparse tensor may be small in the file and large in memory. */
const maxSparseElements = 2 ** 26;

/** A 64-bit field as a number; throws ModelError beyond 2^53. `where` starts the sentence: "Initializer 'w'". */
export function toInt(value: Int64, where: string, field: string): number {
  const n = typeof value === 'number' ? value : value.toNumber();
  if (!Number.isSafeInteger(n)) throw new ModelError(`${where} has ${field} ${value}, which is no usable number.`);
  return n;
}

/** Checked dimensions of a stored tensor. */
function shapeOf(dims: readonly Int64[], where: string): number[] {
  const shape = dims.map((d) => toInt(d, where, 'a dimension of'));
  const bad = shape.find((d) => d < 0);
  if (bad !== undefined || sizeOf(shape) > maxElements) {
    throw new ModelError(`${where} has the shape [${shape}], which is no usable size. The file may be corrupted.`);
  }
  return shape;
}

/** What TensorProto.external_data says, checked. */
interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length?: number;
}

function externalData(t: TensorProto, where: string): ExternalData {
  const entries = new Map(t.externalData.map((e) => [e.key, e.value]));
  const location = entries.get('location');
  if (!location) throw new ModelError(`${where} is stored outside the file but does not say where (external_data has no 'location').`);
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined || text === '') return undefined;
    const n = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(n))
      throw new ModelError(`${where} has the external_data ${key} '${text}', which is no number.`);
    return n;
  };
  return { location, offset: number('offset') ?? 0, length: number('length') };
}

/** Reads the tensors of one file: views on its bytes where they are stored raw and aligned. */
export class TensorReader {
  private readonly source: Source;
  /** Bytes that were read from files beside the model. */
  externalBytes = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** @param where Start of every error's sentence: "Initializer 'w'". Throws ModelError. */
  read(t: TensorProto, where: string): Tensor {
    if (t.segment) throw new ModelError(`${where} is stored in segments, which edgeml does not read. Save the model without them.`);
    const shape = shapeOf(t.dims, where);
    const dtype = t.dataType === bfloat16Type ? 'bfloat16' : dtypeOf(t.dataType);
    if (!dtype) throw new ModelError(`${where} has the element type ${dataTypeName(t.dataType)}, which edgeml does not support.`);
    const raw =
      t.dataLocation === 1 ? this.external(t, where, sizeOf(shape) * (dtype === 'bfloat16' ? 2 : dtypes[dtype].bytes)) : t.rawData;
    if (dtype === 'bfloat16') return widenBfloat16(shape, raw, t.int32Data, where);
    if (sizeOf(shape) === 0) return { dtype, shape, data: new dtypes[dtype].array(0) };
    if (raw.length > 0) return ofBytes(dtype, shape, raw, where);
    return ofFields(dtype, shape, t, where);
  }

  /** A sparse tensor with its zeros filled in. */
  readSparse(s: SparseTensorProto, where: string): Tensor {
    if (!s.values || !s.indices) throw new ModelError(`${where} is a sparse tensor without values or indices.`);
    const shape = shapeOf(s.dims, where);
    const size = sizeOf(shape);
    if (size > maxSparseElements) throw new ModelError(`${where} is a sparse tensor of shape [${shape}], too large to fill in.`);
    const values = this.read(s.values, where);
    const indices = this.read(s.indices, where);
    const at = Array.from(indices.data as BigInt64Array, Number);
    const count = values.data.length;
    const perValue = indices.shape.length === 2 ? shape.length : 1;
    if (indices.dtype !== 'int64' || at.length !== count * perValue) {
      throw new ModelError(`${where} is a sparse tensor whose ${at.length} indices do not fit its ${count} values.`);
    }
    const data = new dtypes[values.dtype].array(size);
    for (let i = 0; i < count; i++) {
      let flat = 0;
      for (let k = 0; k < perValue; k++) flat = perValue === 1 ? at[i] : flat * shape[k] + at[i * perValue + k];
      if (flat < 0 || flat >= size) throw new ModelError(`${where} is a sparse tensor with an index outside its shape [${shape}].`);
      (data as Float32Array)[flat] = (values.data as Float32Array)[i];
    }
    return { dtype: values.dtype, shape, data };
  }

  private external(t: TensorProto, where: string, needed: number): Uint8Array {
    const { location, offset, length } = externalData(t, where);
    if (length !== undefined && length !== needed) {
      throw new ModelError(`${where} takes ${needed} bytes but its external_data in '${location}' has a length of ${length}.`);
    }
    const bytes = this.source.readSibling(location, offset, needed);
    if (bytes.length !== needed) {
      throw new ModelError(`${where} takes ${needed} bytes but '${location}' holds ${bytes.length} from byte ${offset} on.`);
    }
    this.externalBytes += needed;
    return bytes;
  }
}

function ofBytes(dtype: Tensor['dtype'], shape: readonly number[], raw: Uint8Array, where: string): Tensor {
  const needed = sizeOf(shape) * dtypes[dtype].bytes;
  if (raw.length !== needed) {
    throw new ModelError(
      `${where} is ${dtype}[${shape}], which takes ${needed} bytes, but ${raw.length} are stored. The file may be corrupted.`,
    );
  }
  return fromBytes(dtype, shape, raw);
}

/** Values stored in the field that belongs to their type (onnx.proto, TensorProto.data_type). */
function ofFields(dtype: Tensor['dtype'], shape: readonly number[], t: TensorProto, where: string): Tensor {
  const list =
    dtype === 'float32'
      ? t.floatData
      : dtype === 'float64'
        ? t.doubleData
        : dtype === 'int64'
          ? t.int64Data
          : dtype === 'uint64' || dtype === 'uint32'
            ? t.uint64Data
            : t.int32Data;
  if (list.length !== sizeOf(shape)) {
    const hint = list.length === 0 ? 'none are stored' : `${list.length} are stored`;
    throw new ModelError(`${where} is ${dtype}[${shape}], which takes ${sizeOf(shape)} values, but ${hint}. The file may be corrupted.`);
  }
  if (dtype === 'int64' || dtype === 'uint64') {
    const wide = (list as Int64[]).map((v) => BigInt(v.toString()));
    return { dtype, shape, data: dtype === 'int64' ? BigInt64Array.from(wide) : BigUint64Array.from(wide) };
  }
  if (dtype === 'float16') return { dtype, shape, data: Uint16Array.from(list as number[]) };
  return fromNumbers(
    dtype,
    shape,
    list.map((v) => (typeof v === 'number' ? v : v.toNumber())),
  );
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(shape: readonly number[], raw: Uint8Array, fields: readonly number[], where: string): Tensor {
  const bits = raw.length > 0 ? (ofBytes('uint16', shape, raw, where).data as Uint16Array) : Uint16Array.from(fields);
  if (bits.length !== sizeOf(shape)) throw new ModelError(`${where} is bfloat16[${shape}] but ${bits.length} values are stored.`);
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i] << 16;
  return { dtype: 'float32', shape, data: new Float32Array(wide.buffer) };
}
