import { ModelError, type Unsupported, UnsupportedError } from '../../errors.js';
import { cloneGraph } from '../../ir/clone.js';
import { type Graph, isConstant, type Node } from '../../ir/graph.js';
import { decompose } from '../../ops/decompose.js';
import { operator } from '../../ops/index.js';
import { otherFormatRemedy } from '../remedies.js';
import type { ModelProto } from './proto.js';
import { modelType } from './schema.js';
import { Emitter, identityOf } from './write/emitter.js';
import { boundaryInput, emit, special, writtenOpset } from './write/nodes.js';
import { outputNames, valueInfo } from './write/outputs.js';
import { kernelLimit, spatialRules, supportsConvTranspose, supportsResize } from './write/spatial.js';

export { writtenOpset };

const irVersion = 10;

/** Operators that the writer says by a rule of its own, whatever their record has. */
export const isWrittenByRule = (op: string): boolean => op in spatialRules || special.has(op);

/**
 * The graph as an ONNX file: float, or quantized as QuantizeLinear/DequantizeLinear pairs.
 * Input and output names, shapes and layouts are the graph's. Deterministic.
 * Throws UnsupportedError with every operator that ONNX cannot say.
 */
export async function writeOnnx(graph: Graph): Promise<Uint8Array> {
  const g = cloneGraph(graph);
  decompose(g, 'onnx', (node) => problem(node) === undefined);
  const unsupported = collect(g.nodes);
  if (unsupported.length > 0)
    throw new UnsupportedError(`The model '${graph.name}' cannot be written as ONNX:`, unsupported, otherFormatRemedy('tflite'));
  const e = new Emitter();
  for (const v of [...g.inputs, ...g.outputs]) if (!isConstant(v)) e.reserve(v.name);
  for (const v of g.inputs) {
    e.set(v, identityOf(v.shape.length), v.quant ? boundaryInput(v, e) : v.name);
  }
  for (const node of g.nodes) emit(node, e);
  const renamed = outputNames(g.outputs, g, e);
  const model = {
    irVersion,
    producerName: 'edgeml',
    graph: {
      name: graph.name,
      node: e.nodes.map((n) => ({ ...n, input: n.input?.map(renamed), output: n.output?.map(renamed) })),
      initializer: e.initializers,
      input: g.inputs.map(valueInfo),
      output: g.outputs.map(valueInfo),
    },
    opsetImport: [{ domain: '', version: writtenOpset }],
  };
  return encode(model as never, graph.name);
}

async function encode(model: ModelProto, name: string): Promise<Uint8Array> {
  const bytes = (model.graph?.initializer ?? []).reduce((n, t) => n + t.rawData.length, 0);
  if (bytes >= 2 ** 31 - 2 ** 20)
    throw new ModelError(`The model '${name}' has ${bytes} bytes of weights; one ONNX file holds less than 2 GiB.`);
  return (await modelType()).encode(model as never).finish();
}

/** Why a node cannot be written; undefined if it can. */
function problem(node: Node): string | undefined {
  if (node.op === 'ConvTranspose2D' && !supportsConvTranspose(node)) return 'has groups';
  if (node.op === 'Resize' && !supportsResize(node)) return 'has sizes that do not follow from its scales';
  if (isWrittenByRule(node.op)) return kernelLimit(node);
  const mapping = operator(node.op).onnx;
  if (!mapping) return 'has no ONNX operator';
  const [x] = node.inputs;
  const types = mapping.types;
  if (x && types && !x.quant && !types.includes(x.dtype)) return `takes no ${x.dtype} in ONNX`;
  if (mapping.write?.(node.attrs as never, node, writtenOpset) === null) return 'cannot be said in ONNX with these attributes';
  return undefined;
}

function collect(nodes: readonly Node[]): Unsupported[] {
  const found = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  for (const node of nodes) {
    const reason = problem(node);
    if (!reason) continue;
    const key = `${node.op}: ${reason}`;
    const entry = found.get(key) ?? { operator: node.op, reason, nodes: [] };
    entry.nodes.push(node.name);
    found.set(key, entry);
  }
  return [...found.values()];
}
