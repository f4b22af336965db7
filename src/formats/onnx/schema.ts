import type { Type } from 'protobufjs/light.js';

/**
 * The protobuf messages of an ONNX file, by the field numbers of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). What is not listed here (training, device
 * placement) is skipped when read. Each field is `[repeated] type number`.
 */
const messages: Record<string, Record<string, string>> = {
  ModelProto: {
    irVersion: 'int64 1',
    producerName: 'string 2',
    producerVersion: 'string 3',
    domain: 'string 4',
    modelVersion: 'int64 5',
    docString: 'string 6',
    graph: 'GraphProto 7',
    opsetImport: 'repeated OperatorSetIdProto 8',
    metadataProps: 'repeated StringStringEntryProto 14',
    functions: 'repeated FunctionProto 25',
  },
  OperatorSetIdProto: { domain: 'string 1', version: 'int64 2' },
  StringStringEntryProto: { key: 'string 1', value: 'string 2' },
  FunctionProto: {
    name: 'string 1',
    input: 'repeated string 4',
    output: 'repeated string 5',
    attribute: 'repeated string 6',
    node: 'repeated NodeProto 7',
    opsetImport: 'repeated OperatorSetIdProto 9',
    domain: 'string 10',
    attributeProto: 'repeated AttributeProto 11',
    overload: 'string 13',
  },
  GraphProto: {
    node: 'repeated NodeProto 1',
    name: 'string 2',
    initializer: 'repeated TensorProto 5',
    docString: 'string 10',
    input: 'repeated ValueInfoProto 11',
    output: 'repeated ValueInfoProto 12',
    valueInfo: 'repeated ValueInfoProto 13',
    sparseInitializer: 'repeated SparseTensorProto 15',
  },
  NodeProto: {
    input: 'repeated string 1',
    output: 'repeated string 2',
    name: 'string 3',
    opType: 'string 4',
    attribute: 'repeated AttributeProto 5',
    docString: 'string 6',
    domain: 'string 7',
    overload: 'string 8',
  },
  AttributeProto: {
    name: 'string 1',
    f: 'float 2',
    i: 'int64 3',
    s: 'bytes 4',
    t: 'TensorProto 5',
    g: 'GraphProto 6',
    floats: 'repeated float 7',
    ints: 'repeated int64 8',
    strings: 'repeated bytes 9',
    type: 'int32 20',
    refAttrName: 'string 21',
    sparseTensor: 'SparseTensorProto 22',
  },
  TensorProto: {
    dims: 'repeated int64 1',
    dataType: 'int32 2',
    segment: 'TensorProto.Segment 3',
    floatData: 'repeated float 4',
    int32Data: 'repeated int32 5',
    int64Data: 'repeated int64 7',
    name: 'string 8',
    rawData: 'bytes 9',
    doubleData: 'repeated double 10',
    uint64Data: 'repeated uint64 11',
    docString: 'string 12',
    externalData: 'repeated StringStringEntryProto 13',
    dataLocation: 'int32 14',
  },
  'TensorProto.Segment': { begin: 'int64 1', end: 'int64 2' },
  SparseTensorProto: { values: 'TensorProto 1', indices: 'TensorProto 2', dims: 'repeated int64 3' },
  ValueInfoProto: { name: 'string 1', type: 'TypeProto 2', docString: 'string 3' },
  TypeProto: {
    tensorType: 'TypeProto.Tensor 1',
    sequenceType: 'TypeProto.Other 4',
    mapType: 'TypeProto.Other 5',
    sparseTensorType: 'TypeProto.Other 8',
    optionalType: 'TypeProto.Other 9',
  },
  'TypeProto.Tensor': { elemType: 'int32 1', shape: 'TensorShapeProto 2' },
  /** Types that are recognised to be refused by name; what they hold is skipped. */
  'TypeProto.Other': {},
  TensorShapeProto: { dim: 'repeated TensorShapeProto.Dimension 1' },
  'TensorShapeProto.Dimension': { dimValue: 'int64 1', dimParam: 'string 2' },
};

/** Lists that onnx.proto declares `packed = true`; the other repeated numbers of its proto2 are written one by one. */
const packed = new Set(['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data']);

let modelProto: Type | undefined;

/**
 * The protobufjs type of ModelProto, to decode and encode whole files. Fields are camelCase; 64-bit integers are `Long`;
 * `bytes` are views on the buffer that was decoded. protobufjs is loaded on the first call.
 */
export async function modelType(): Promise<Type> {
  if (modelProto) return modelProto;
  const { default: protobuf } = await import('protobufjs/light.js');
  const root = new protobuf.Root();
  // Flat names: protobufjs resolves a field's type by name, and a dot would mean nesting.
  const flat = (name: string) => name.replace('.', '_');
  for (const [message, fields] of Object.entries(messages)) {
    const type = new protobuf.Type(flat(message));
    for (const [name, text] of Object.entries(fields)) {
      const words = text.split(' ');
      const rule = words.length === 3 ? words.shift() : undefined;
      type.add(
        new protobuf.Field(name, Number(words[1]), flat(words[0]), rule, undefined, packed.has(name) ? { packed: true } : undefined),
      );
    }
    root.add(type);
  }
  modelProto = root.lookupType('ModelProto');
  return modelProto;
}
