import { ModelError, type Unsupported, UnsupportedError } from '../../errors.js';
import { cloneGraph } from '../../ir/clone.js';
import type { Graph, Node } from '../../ir/graph.js';
import { sizeOf } from '../../ir/types.js';
import { operator } from '../../ops/index.js';
import type { TfliteOperatorSpec } from '../../ops/mappings.js';
import { otherFormatRemedy } from '../remedies.js';
import { encode } from './encode.js';
import { BuiltinOperator } from './enums.js';
import { legalizeTflite, lowerForTflite } from './legalize.js';
import { isKnownTable } from './schema.js';
import { problem } from './supports.js';
import { TensorWriter } from './write/tensors.js';

/** The first TFLite release whose kernels know every operator version that the records write. */
const minRuntimeVersion = '2.16.0';

/** What operators beyond the old one-byte field have in it (schema 3a). */
const beyondByte = 127;

/**
 * The graph as a `.tflite` file: float, or quantized where values carry `quant`. What TFLite cannot say is decomposed first
 * (float operators) and brought into TFLite's form; the graph itself stays as it is. Deterministic; weights are copied once.
 * Input and output names are kept as tensor names and in the signature `serving_default`.
 * Throws UnsupportedError with every operator that cannot be written, ModelError where the file would exceed 2 GB.
 */
export function writeTflite(graph: Graph): Uint8Array {
  const g = cloneGraph(graph);
  lowerForTflite(g);
  legalizeTflite(g);
  const unsupported = [...emptyPorts(g), ...collect(g.nodes)];
  if (unsupported.length > 0)
    throw new UnsupportedError(`The model '${graph.name}' cannot be written as TFLite:`, unsupported, otherFormatRemedy('onnx'));
  const tensors = new TensorWriter();
  const codes = new OperatorCodes();
  const inputs = g.inputs.map((v) => tensors.index(v));
  const operators = g.nodes.map((node) => operatorTable(node, tensors, codes));
  const outputs = g.outputs.map((v) => tensors.index(v));
  const version = tensors.buffer(new TextEncoder().encode(minRuntimeVersion.padEnd(16, '\0')));
  const signature = {
    inputs: g.inputs.map((v, i) => ({ name: v.name, tensor_index: inputs[i] })),
    outputs: g.outputs.map((v, i) => ({ name: v.name, tensor_index: outputs[i] })),
    signature_key: 'serving_default',
    subgraph_index: 0,
  };
  const model = {
    version: 3,
    operator_codes: codes.tables,
    subgraphs: [{ tensors: tensors.tables, inputs, outputs, operators, name: graph.name }],
    description: 'edgeml',
    buffers: tensors.buffers,
    metadata: [{ name: 'min_runtime_version', buffer: version }],
    signature_defs: [signature],
  };
  try {
    return encode('Model', model, 'TFL3');
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
    throw new ModelError(`The model '${graph.name}' cannot be written as TFLite: ${e.message}. Quantize it to make it smaller.`, {
      cause: e,
    });
  }
}

/** Inputs and outputs without elements, which LiteRT has no buffers for. */
function emptyPorts(g: Graph): Unsupported[] {
  const empty = [...g.inputs, ...g.outputs].filter((v) => sizeOf(v.shape) === 0);
  return empty.map((v) => ({ operator: `The port '${v.name}'`, reason: `is empty: its shape is [${v.shape}]`, nodes: [v.name] }));
}

/** Every node that cannot be written, by operator and reason. */
function collect(nodes: readonly Node[]): Unsupported[] {
  const found = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  for (const node of nodes) {
    const reason = problem(node);
    if (!reason) continue;
    const entry = found.get(`${node.op}: ${reason}`) ?? { operator: node.op, reason, nodes: [] };
    entry.nodes.push(node.name);
    found.set(`${node.op}: ${reason}`, entry);
  }
  return [...found.values()];
}

function operatorTable(node: Node, tensors: TensorWriter, codes: OperatorCodes): object {
  const { builtin, version, table, spec } = saying(node);
  return {
    opcode_index: codes.index(builtin, version),
    inputs: (spec.inputs ?? present(node.inputs)).map((v) => (v === null ? -1 : tensors.index(v))),
    outputs: node.outputs.map((v) => tensors.index(v)),
    ...(table && { builtin_options_type: table, builtin_options: checkedOptions(table, spec.options ?? {}) }),
  };
}

/** Optional inputs at the end are left out where the mapping does not spell them out. */
const present = <T>(inputs: readonly (T | null)[]): readonly (T | null)[] => inputs.slice(0, inputs.findLastIndex((v) => v !== null) + 1);

interface Saying {
  readonly builtin: string;
  readonly version: number;
  /** Name of the options table. */
  readonly table?: string;
  readonly spec: TfliteOperatorSpec;
}

/** How a node is said in TFLite: its record's mapping. */
function saying(node: Node): Saying {
  const [x] = node.inputs;
  // Weights in half precision are widened by DEQUANTIZE everywhere: delegates know no other form.
  if (node.op === 'Cast' && x?.data && x.dtype === 'float16' && node.outputs[0].dtype === 'float32') {
    return { builtin: 'DEQUANTIZE', version: 3, spec: {} };
  }
  const mapping = operator(node.op).tflite;
  if (!mapping) throw new Error(`${node.op} has no TFLite mapping`);
  const spec = mapping.write?.(node.attrs as never, node) ?? {};
  const version = mapping.version?.(node.attrs as never, node) ?? (x?.dtype === 'int8' && x.quant ? 2 : 1);
  return { builtin: spec.builtin ?? mapping.builtin, version, table: spec.optionsTable ?? mapping.options, spec };
}

function checkedOptions(table: string, options: object): object {
  if (Object.keys(options).length > 0 && !isKnownTable(table)) throw new Error(`the schema lacks the fields of ${table}`);
  return options;
}

/** The operators of a file, each with its version once. */
class OperatorCodes {
  readonly tables: object[] = [];
  private readonly known = new Map<string, number>();

  index(builtin: string, version: number): number {
    const key = `${builtin} ${version}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const code = BuiltinOperator.indexOf(builtin);
    if (code < 0) throw new Error(`the schema has no operator '${builtin}'`);
    this.tables.push({ deprecated_builtin_code: Math.min(code, beyondByte), builtin_code: builtin, version });
    this.known.set(key, this.tables.length - 1);
    return this.tables.length - 1;
  }
}
