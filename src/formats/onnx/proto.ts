import type { DType } from '../../ir/types.js';

/** A 64-bit integer as protobufjs gives it (`Long`), or as a writer may give it. */
export type Int64 = number | { toNumber(): number; readonly unsigned: boolean; toString(): string };

/** Messages as decoded: lists are never absent, strings and numbers default to '' and 0, messages to null or undefined. */
export interface ModelProto {
  irVersion: Int64;
  producerName: string;
  producerVersion: string;
  domain: string;
  graph?: GraphProto | null;
  opsetImport: OperatorSetIdProto[];
  metadataProps: StringStringEntryProto[];
  functions: FunctionProto[];
}
export interface OperatorSetIdProto {
  domain: string;
  version: Int64;
}
export interface StringStringEntryProto {
  key: string;
  value: string;
}
export interface FunctionProto {
  name: string;
  domain: string;
  overload: string;
  input: string[];
  output: string[];
  attribute: string[];
  attributeProto: AttributeProto[];
  node: NodeProto[];
  opsetImport: OperatorSetIdProto[];
}
export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  sparseInitializer: SparseTensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
}
export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  overload: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}
export interface AttributeProto {
  name: string;
  type: number;
  refAttrName: string;
  f: number;
  i: Int64;
  s: Uint8Array;
  t?: TensorProto | null;
  g?: GraphProto | null;
  floats: number[];
  ints: Int64[];
  strings: Uint8Array[];
  sparseTensor?: SparseTensorProto | null;
}
export interface TensorProto {
  name: string;
  dims: Int64[];
  dataType: number;
  segment?: unknown;
  floatData: number[];
  int32Data: number[];
  int64Data: Int64[];
  doubleData: number[];
  uint64Data: Int64[];
  rawData: Uint8Array;
  externalData: StringStringEntryProto[];
  dataLocation: number;
}
export interface SparseTensorProto {
  values?: TensorProto | null;
  indices?: TensorProto | null;
  dims: Int64[];
}
export interface ValueInfoProto {
  name: string;
  type?: TypeProto | null;
}
export interface TypeProto {
  tensorType?: { elemType: number; shape?: { dim: DimensionProto[] } | null } | null;
  sequenceType?: unknown;
  mapType?: unknown;
  sparseTensorType?: unknown;
  optionalType?: unknown;
}
/** One of the two, or neither: neither is a dimension without even a name. */
export interface DimensionProto {
  dimValue?: Int64;
  dimParam?: string;
}

/** AttributeProto.AttributeType. */
export const attributeTypes = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
} as const;

/** TensorProto.DataType of the element types that the graph can hold. */
export const dataTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/** TensorProto.DataType of bfloat16, which is widened to float32 where it is stored. */
export const bfloat16Type = 16;

const typeNames: Readonly<Record<number, string>> = {
  0: 'UNDEFINED',
  1: 'FLOAT',
  8: 'STRING',
  11: 'DOUBLE',
  14: 'COMPLEX64',
  15: 'COMPLEX128',
  16: 'BFLOAT16',
  17: 'FLOAT8E4M3FN',
  18: 'FLOAT8E4M3FNUZ',
  19: 'FLOAT8E5M2',
  20: 'FLOAT8E5M2FNUZ',
  21: 'UINT4',
  22: 'INT4',
  23: 'FLOAT4E2M1',
  24: 'FLOAT8E8M0',
  25: 'UINT2',
  26: 'INT2',
  27: 'FLOAT6E2M3',
  28: 'FLOAT6E3M2',
};

const byCode = new Map(Object.entries(dataTypes).map(([name, code]) => [code, name as DType]));

/** The element type with this TensorProto.DataType, undefined where the graph has none. */
export const dtypeOf = (code: number): DType | undefined => byCode.get(code);

/** How ONNX calls a TensorProto.DataType, for messages. */
export const dataTypeName = (code: number): string => typeNames[code] ?? byCode.get(code)?.toUpperCase() ?? `data type ${code}`;
