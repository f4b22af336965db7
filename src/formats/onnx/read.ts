import { ModelError, UnsupportedError } from '../../errors.js';
import { allValues, type Graph, isConstant, type Node, type Value } from '../../ir/graph.js';
import { replaceRemedy } from '../remedies.js';
import type { Model, Reader, ReadOptions, Source } from '../types.js';
import { OnnxGraphBuilder, rename } from './builder.js';
import { functionTable, opsetsOf } from './functions.js';
import { Importer } from './importer.js';
import { resolveInputs } from './inputs.js';
import { dtypeOf, type GraphProto, type ModelProto } from './proto.js';
import { modelType } from './schema.js';
import { Scope, unread } from './scope.js';
import { TensorReader, toInt } from './tensors.js';

/** The newest operator set whose changes this reader knows. */
export const newestOpset = 28;
/** The oldest: below it, attributes had other names and broadcasting other rules throughout. */
const oldestOpset = 6;

/**
 * Reads an ONNX model (operator sets 6 to 28): functions written out, shapes fixed, shape arithmetic folded,
 * channels last inside with transposes around what the file computes channels first.
 * Weights are views on `source.bytes` where they are stored raw and aligned.
 * Throws ModelError, UnsupportedError (every unsupported operator at once) or NeedsConstantError, each naming the file.
 */
export const readOnnx: Reader = async (source, options) => {
  const model = await decode(source);
  try {
    return read(model, source, options);
  } catch (e) {
    throw inFile(source.path, e);
  }
};

async function decode(source: Source): Promise<ModelProto> {
  const type = await modelType();
  try {
    return type.decode(source.bytes) as unknown as ModelProto;
  } catch (e) {
    // protobufjs throws plain Errors and RangeErrors for bytes that are no message; nothing else runs in there.
    const why = e instanceof RangeError ? 'it ends in the middle of a field' : (e as Error).message;
    throw new ModelError(`${source.path} is not a readable ONNX file: ${why}. It may be truncated or corrupted.`, { cause: e });
  }
}

function read(model: ModelProto, source: Source, options: ReadOptions): Model {
  const { graph } = model;
  if (!graph) throw new ModelError('the file holds no graph; it is not an ONNX model or is truncated.');
  const warnings: string[] = [];
  const opsets = checkedOpsets(model, warnings);
  const builder = new OnnxGraphBuilder();
  const tensors = new TensorReader(source);
  const importer = new Importer(builder, functionTable(model.functions), tensors);
  const scope = new Scope({ opsets });
  importer.defineInitializers(graph, scope);
  defineInputs(graph, scope, importer, options);
  const found = importer.graph(graph.node, outputNames(graph), scope, `Graph '${graph.name}'`);
  const unsupported = importer.listUnsupported();
  if (unsupported.length > 0) {
    const quantized = importer.quantized ? ` (and is quantized already: ${importer.quantized})` : '';
    throw new UnsupportedError(`the model uses operators that edgeml does not support${quantized}:`, unsupported, replaceRemedy);
  }
  if (importer.needsConstant) throw importer.needsConstant;
  const outputs = found.map((v, i) => {
    const { name } = graph.output[i];
    if (v === undefined || v === unread) throw new ModelError(`the graph's output '${name}' is made by no node, input or initializer.`);
    return output(v, i, graph, found as Value[], importer);
  });
  if (importer.halfSeen) warnings.push('The model computes in float16; it is read as float32, which holds all of it.');
  const done = { ...builder.finish(graph.name, outputs), nodes: liveNodes(builder.nodes, outputs) };
  graph.output.forEach((o, i) => {
    rename(done.outputs[i], o.name);
  });
  nameUniquely(done, builder.named);
  return {
    graph: done,
    format: 'onnx',
    path: source.path,
    fileSize: source.bytes.length + tensors.externalBytes,
    quantized: importer.quantized,
    warnings,
  };
}

function checkedOpsets(model: ModelProto, warnings: string[]): Map<string, number> {
  const opsets = opsetsOf(model.opsetImport, 'the file');
  // IR versions before 3 had no opset_import and meant operator set 1.
  const opset = opsets.get('') ?? (toInt(model.irVersion, 'the file', 'an IR version of') < 3 ? 1 : undefined);
  if (opset !== undefined && opset < oldestOpset) {
    throw new ModelError(
      `the model uses ONNX operator set ${opset}; edgeml reads ${oldestOpset} to ${newestOpset}. Convert it with onnx.version_converter.`,
    );
  }
  if (opset !== undefined && opset > newestOpset) {
    warnings.push(`The model uses ONNX operator set ${opset}, newer than ${newestOpset}: its operators are read as in ${newestOpset}.`);
  }
  return opsets;
}

function outputNames(graph: GraphProto): string[] {
  if (graph.output.length === 0) throw new ModelError('the graph has no outputs. The file may be truncated.');
  const names = graph.output.map((o) => o.name);
  const twice = names.find((name, i) => name === '' || names.indexOf(name) !== i);
  if (twice !== undefined) throw new ModelError(`the graph has the output '${twice}' twice or without a name.`);
  return names;
}

/** Inputs that are also initializers are defaults, which edgeml takes as constants: files before IR version 4 list every weight so. */
function defineInputs(graph: GraphProto, scope: Scope, importer: Importer, options: ReadOptions): void {
  const stored = new Set([...graph.initializer.map((t) => t.name), ...graph.sparseInitializer.map((s) => s.values?.name)]);
  const infos = graph.input.filter((i) => !stored.has(i.name));
  const names = infos.map((i) => i.name);
  const twice = names.find((name, i) => name === '' || names.indexOf(name) !== i);
  if (twice !== undefined) throw new ModelError(`the graph has the input '${twice}' twice or without a name.`);
  for (const input of resolveInputs(infos, options)) {
    const { name, dtype, shape, value } = input;
    scope.define(name, importer.widen(value ? { name, ...value } : importer.builder.input(name, { dtype, shape })));
  }
}

/**
 * A graph output in the type that the file declares. A value that is an input, or an output twice, goes through a node:
 * formats and runtimes want an output to be a value of its own.
 */
function output(v: Value, index: number, graph: GraphProto, all: readonly Value[], importer: Importer): Value {
  const { name, type } = graph.output[index];
  const half = type?.tensorType && dtypeOf(type.tensorType.elemType) === 'float16' && v.dtype === 'float32' && importer.halfSeen;
  if (half) return importer.builder.op('Cast', [v], { to: 'float16' }, { name, outputs: [name] });
  if (isConstant(v)) return { ...v, name };
  const made = importer.builder.nodes.some((n) => n.outputs.includes(v));
  if (made && all.indexOf(v) === index) return v;
  return importer.builder.op('Identity', [v], {}, { name, outputs: [name] });
}

/** Shape arithmetic that was folded leaves its sources behind, e.g. a convolution of which only the shape was asked. */
function liveNodes(nodes: readonly Node[], outputs: readonly Value[]): Node[] {
  const needed = new Set<Value>(outputs);
  const live: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((v) => needed.has(v))) continue;
    live.push(node);
    for (const v of node.inputs) if (v) needed.add(v);
  }
  return live.reverse();
}

/** Where two values have one name, the second gets a number: inputs and outputs come first, then what the file names, then constants. */
function nameUniquely(graph: Graph, named: ReadonlySet<Value>): void {
  const values = allValues(graph);
  const computed = values.filter((v) => !isConstant(v));
  const order = [...graph.inputs, ...graph.outputs, ...computed.filter((v) => named.has(v)), ...computed, ...values];
  const taken = new Set<string>();
  for (const v of new Set(order)) {
    let name = v.name;
    for (let n = 1; taken.has(name); n++) name = `${v.name}_${n}`;
    if (name !== v.name) rename(v, name);
    taken.add(name);
  }
}

/** The same error with the file before its sentence. Names of a corrupt file may hold anything, so control characters go. */
function inFile(path: string, e: unknown): unknown {
  if (!(e instanceof ModelError)) return e;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const sentence = e.message.replace(/[\x00-\x09\x0b-\x1f\x7f]/g, '\ufffd');
  return Object.assign(e, { message: e.message.startsWith(path) ? e.message : `${path}: ${sentence}` });
}
