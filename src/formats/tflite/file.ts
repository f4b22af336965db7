import { ModelError } from '../../errors.js';
import type { QuantParams } from '../../ir/graph.js';
import type { DType } from '../../ir/types.js';
import { decode, type Table } from './decode.js';
import { BuiltinOperator } from './enums.js';

/** The parts of a `.tflite` file that edgeml reads, as {@link decode} gives them. */
export interface TfliteTensor {
  readonly shape?: readonly number[];
  /** TensorType's name. */
  readonly type: string;
  readonly buffer: number;
  readonly name?: string;
  readonly quantization?: {
    readonly scale?: readonly number[];
    readonly zero_point?: readonly number[];
    readonly details_type: number;
    readonly quantized_dimension: number;
  };
  readonly is_variable: boolean;
  readonly sparsity?: object;
  readonly shape_signature?: readonly number[];
  readonly external_buffer: number;
}

export interface TfliteOp {
  readonly opcode_index: number;
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly builtin_options_type: string;
  readonly builtin_options?: Table;
  readonly custom_options?: Uint8Array;
}

export interface TfliteSubgraph {
  readonly tensors?: readonly TfliteTensor[];
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly operators?: readonly TfliteOp[];
  readonly name?: string;
}

export interface TfliteSignature {
  readonly inputs?: readonly { readonly name?: string; readonly tensor_index: number }[];
  readonly outputs?: readonly { readonly name?: string; readonly tensor_index: number }[];
  readonly signature_key?: string;
  readonly subgraph_index: number;
}

export interface TfliteFile {
  readonly version: number;
  readonly operator_codes?: readonly {
    readonly deprecated_builtin_code: number;
    readonly custom_code?: string;
    readonly version: number;
    readonly builtin_code: string;
  }[];
  readonly subgraphs?: readonly TfliteSubgraph[];
  readonly description?: string;
  readonly buffers?: readonly { readonly data?: Uint8Array; readonly offset: number; readonly size: number }[];
  readonly signature_defs?: readonly TfliteSignature[];
}

/** Whether the bytes carry the identifier of a TFLite flatbuffer. */
export const isTflite = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && String.fromCharCode(bytes[4], bytes[5], bytes[6], bytes[7]) === 'TFL3';

/**
 * Decodes a `.tflite` file; tensor data stay views of `bytes`.
 * @param subject The file for messages, e.g. "'model.tflite'".
 * Throws ModelError where the bytes are not TFLite, are corrupt, or are of another schema version.
 */
export function decodeFile(bytes: Uint8Array, subject: string): TfliteFile {
  if (!isTflite(bytes)) throw new ModelError(`${subject} is not a TFLite model: its identifier at byte 4 is not TFL3.`);
  const file = decode(bytes, 'Model', subject) as unknown as TfliteFile;
  if (file.version !== 3) throw new ModelError(`${subject} is of TFLite schema version ${file.version}; edgeml reads version 3.`);
  return file;
}

/** BuiltinOperator's name of an operator code; the old one-byte field rules below 127 (schema 3a). */
export function builtinName(code: NonNullable<TfliteFile['operator_codes']>[number]): string {
  const wide = BuiltinOperator.indexOf(code.builtin_code);
  if (wide < 0) return code.builtin_code;
  return BuiltinOperator[Math.max(wide, code.deprecated_builtin_code)] ?? `BuiltinOperator(${code.deprecated_builtin_code})`;
}

export const dtypeOfTensorType: Readonly<Record<string, DType>> = {
  FLOAT32: 'float32',
  FLOAT16: 'float16',
  FLOAT64: 'float64',
  INT8: 'int8',
  UINT8: 'uint8',
  INT16: 'int16',
  UINT16: 'uint16',
  INT32: 'int32',
  UINT32: 'uint32',
  INT64: 'int64',
  UINT64: 'uint64',
  BOOL: 'bool',
};

/** TensorType's name of an element type. */
export const tensorTypeOf = (dtype: DType): string => dtype.toUpperCase();

/** A tensor's quantization, or undefined where the file gives no scale. Throws ModelError where scale and zero point do not fit. */
export function quantOf(tensor: TfliteTensor, where: string): QuantParams | undefined {
  const q = tensor.quantization;
  if (q && q.details_type !== 0) {
    throw new ModelError(`${where} is quantized in a custom way (details type ${q.details_type}), which edgeml does not read.`);
  }
  if (!q?.scale?.length || tensor.type === 'FLOAT32') return undefined;
  const zeroPoints = q.zero_point ?? [];
  const n = q.scale.length;
  if (zeroPoints.length > 1 && zeroPoints.length !== n) {
    throw new ModelError(`${where} has ${n} scales and ${zeroPoints.length} zero points; there must be one for each.`);
  }
  const axis = q.quantized_dimension;
  if (n > 1 && tensor.shape?.[axis] !== n) {
    throw new ModelError(`${where} has ${n} scales along axis ${axis} of shape [${tensor.shape ?? []}].`);
  }
  if (q.scale.some((s) => !Number.isFinite(s) || s < 0)) throw new ModelError(`${where} has a scale that is no positive number.`);
  const zeroPoint = Int32Array.from({ length: n }, (_, i) => zeroPoints[zeroPoints.length === n ? i : 0] ?? 0);
  return { scale: Float32Array.from(q.scale), zeroPoint, ...(n > 1 && { axis }) };
}
