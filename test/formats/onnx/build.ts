import { attributeTypes, dataTypes } from '../../../src/formats/onnx/proto.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { modelType } from '../../../src/formats/onnx/schema.js';
import type { Model, ReadOptions, Source } from '../../../src/formats/types.js';
import { bytesOf, fromNumbers, type Tensor } from '../../../src/ir/tensor.js';
import type { DType } from '../../../src/ir/types.js';
import { interpret } from '../../../src/runtime/interpreter.js';
import { onnxruntime } from '../../../src/runtime/onnxruntime.js';

export type Attribute =
  | number
  | string
  | number[]
  | { float: number }
  | { floats: number[] }
  | { strings: string[] }
  | { graph: object }
  | { tensor: object }
  | { ref: string; type: number };
export interface NodeSpec {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attrs?: Readonly<Record<string, Attribute>>;
}
/** `float32[1,3,h,w]`: names are free dimensions. */
export type TypeSpec = string;
export interface ModelSpec {
  readonly nodes: readonly NodeSpec[];
  readonly inputs: Readonly<Record<string, TypeSpec>>;
  readonly outputs: Readonly<Record<string, TypeSpec>>;
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Fields of ModelProto and GraphProto to put in as they are. */
  readonly opset?: number;
  readonly model?: object;
  readonly graph?: object;
}

export const tensorProto = (name: string, t: Tensor): object => ({
  name,
  dims: t.shape,
  dataType: dataTypes[t.dtype],
  rawData: bytesOf(t),
});

function attribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, type: attributeTypes.INT, i: value };
  if (typeof value === 'string') return { name, type: attributeTypes.STRING, s: Buffer.from(value) };
  if (Array.isArray(value)) return { name, type: attributeTypes.INTS, ints: value };
  if ('float' in value) return { name, type: attributeTypes.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: attributeTypes.FLOATS, floats: value.floats };
  if ('strings' in value) return { name, type: attributeTypes.STRINGS, strings: value.strings.map((s) => Buffer.from(s)) };
  if ('graph' in value) return { name, type: attributeTypes.GRAPH, g: value.graph };
  if ('tensor' in value) return { name, type: attributeTypes.TENSOR, t: value.tensor };
  return { name, type: value.type, refAttrName: value.ref };
}

export const nodeProto = (n: NodeSpec): object => ({
  opType: n.op,
  input: n.in,
  output: n.out,
  name: n.name,
  domain: n.domain,
  attribute: Object.entries(n.attrs ?? {}).map(([name, value]) => attribute(name, value)),
});

function valueInfo(name: string, text: TypeSpec): object {
  const [, dtype, dims] = /^(\w+)(?:\[(.*)\])?$/.exec(text) as RegExpExecArray;
  const dim = (dims ?? '')
    .split(',')
    .filter((d) => d !== '')
    .map((d) => (/^-?\d+$/.test(d) ? { dimValue: Number(d) } : d === '?' ? {} : { dimParam: d }));
  const elemType = dataTypes[dtype as DType] ?? Number(dtype.replace('type', ''));
  return { name, type: { tensorType: { elemType, ...(dims === undefined ? {} : { shape: { dim } }) } } };
}

export const graphProto = (spec: Pick<ModelSpec, 'nodes' | 'inputs' | 'outputs' | 'constants' | 'graph'>): object => ({
  name: 'main',
  node: spec.nodes.map(nodeProto),
  input: Object.entries(spec.inputs).map(([name, text]) => valueInfo(name, text)),
  output: Object.entries(spec.outputs).map(([name, text]) => valueInfo(name, text)),
  initializer: Object.entries(spec.constants ?? {}).map(([name, t]) => tensorProto(name, t)),
  ...spec.graph,
});

/** The bytes of an ONNX file. */
export async function build(spec: ModelSpec): Promise<Uint8Array> {
  const type = await modelType();
  const opsetImport = [{ domain: '', version: spec.opset ?? 21 }];
  const message = type.fromObject({ irVersion: 10, opsetImport, graph: graphProto(spec), ...spec.model });
  return Uint8Array.from(type.encode(message).finish());
}

export const sourceOf = (bytes: Uint8Array, siblings: Record<string, Uint8Array> = {}): Source => ({
  path: 'model.onnx',
  bytes,
  readSibling: (name, offset, length) => siblings[name].subarray(offset, length === undefined ? undefined : offset + length),
});

export const read = async (spec: ModelSpec, options: ReadOptions = {}): Promise<Model> => readOnnx(sourceOf(await build(spec)), options);

/** The sentence that reading ends with. */
export async function refusal(spec: ModelSpec, options: ReadOptions = {}): Promise<string> {
  try {
    await read(spec, options);
  } catch (e) {
    return (e as Error).message;
  }
  throw new Error('the model was read');
}

/** Numbers between -1 and 1 that are the same in every run. */
export function random(dtype: DType, shape: readonly number[], seed = 1): Tensor {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return fromNumbers(dtype, shape, Float64Array.from({ length: shape.reduce((n, d) => n * d, 1) }, next));
}

/** What the reader's graph and onnxruntime make of the same file and the same inputs. */
export async function both(spec: ModelSpec, inputs: Readonly<Record<string, Tensor>>): Promise<{ ours: Tensor[]; theirs: Tensor[] }> {
  const bytes = await build(spec);
  const session = await (await onnxruntime({ threads: 1 })).load(bytes);
  const theirs = await session.run(session.inputs.map((p) => inputs[p.name]));
  await session.close();
  const { graph } = await readOnnx(sourceOf(bytes), {});
  return {
    ours: interpret(
      graph,
      graph.inputs.map((v) => inputs[v.name]),
    ).outputs,
    theirs,
  };
}
