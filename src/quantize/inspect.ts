import { EdgemlError, type Unsupported, UnsupportedError } from '../errors.js';
import { load } from '../formats/index.js';
import type { Model, ReadOptions } from '../formats/types.js';
import { allValues, type Graph, isConstant, type Node, type Value } from '../ir/graph.js';
import { byteSize, type DType, dtypes, isFloat, type Shape, sizeOf } from '../ir/types.js';
import type { Cost } from '../ops/define.js';
import { operator } from '../ops/index.js';
import { plan } from './plan.js';
import { prepare } from './prepare.js';
import { type Target, targets, writeTarget } from './targets.js';

/** Quantization of a tensor: one entry per tensor, or one per channel along `axis`. `real = scale * (q - zero_point)`. */
export interface QuantReport {
  readonly scale: readonly number[];
  readonly zero_point: readonly number[];
  readonly axis?: number;
}

export interface PortReport {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: QuantReport;
}

export interface LayerReport {
  readonly name: string;
  readonly operator: string;
  /** Of the first output. */
  readonly shape: Shape;
  readonly dtype: DType;
  /** Elements of its weights; shared weights count at each node. */
  readonly parameters: number;
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  /** Element-wise work of one inference, in elements. */
  readonly elements: number;
}

/** What `edgeml inspect --json` prints. A change of meaning raises the number in `schema`. */
export interface InspectReport {
  readonly schema: 'edgeml.inspect/1';
  readonly model: { readonly path: string; readonly format: string; readonly size: number };
  /** `simplified`: batch norms and constants are folded, activations fused, as quantization would see it. `read`: as in the file. */
  readonly graph: 'simplified' | 'read';
  readonly inputs: readonly PortReport[];
  readonly outputs: readonly PortReport[];
  /** By count, most frequent first. */
  readonly operators: readonly { readonly operator: string; readonly count: number; readonly macs: number; readonly parameters: number }[];
  readonly parameters: { readonly count: number; readonly bytes: number };
  readonly macs: number;
  readonly elements: number;
  /**
   * The most bytes of activations that are alive at one time, in the order of the nodes and without computing in place;
   * `int8_bytes` with one byte in place of each float32, for a float model.
   */
  readonly activations: { readonly peak_bytes: number; readonly int8_bytes?: number; readonly at?: string };
  readonly layers: readonly LayerReport[];
  /** Tensors that carry quantization parameters. */
  readonly tensors: readonly (PortReport & { readonly constant: boolean })[];
  /** What would stop quantization, or part of it. */
  readonly quantization: {
    /** Why the model cannot be quantized at all, as a sentence. */
    readonly refused?: string;
    /** Operators that a format cannot say, by format; absent where all can be written. */
    readonly unsupported: Readonly<Partial<Record<Target, readonly Unsupported[]>>>;
    /** Nodes that would stay in float under the int8 scheme. */
    readonly stays_float: readonly { readonly operator: string; readonly reason: string; readonly nodes: readonly string[] }[];
  };
  readonly warnings: readonly string[];
}

/**
 * Describes a model: ports, operators, cost, memory, quantization parameters, and what would stop quantizing it.
 * @param source A path, or a model from `load`.
 * Throws ModelError or UnsupportedError where the file cannot be read.
 */
export async function inspect(source: string | Model, options: ReadOptions = {}): Promise<InspectReport> {
  const model = typeof source === 'string' ? await load(source, options) : source;
  const { graph, refused } = simplified(model);
  const layers = graph.nodes.map(layerOf);
  const constants = allValues(graph).filter((v) => isConstant(v) && isParameter(v));
  return {
    schema: 'edgeml.inspect/1',
    model: { path: model.path, format: model.format, size: model.fileSize },
    graph: refused === undefined ? 'simplified' : 'read',
    inputs: model.graph.inputs.map(portOf),
    outputs: model.graph.outputs.map(portOf),
    operators: operatorsOf(layers),
    parameters: { count: total(constants.map((v) => sizeOf(v.shape))), bytes: total(constants.map(byteSize)) },
    macs: total(layers.map((l) => l.macs)),
    elements: total(layers.map((l) => l.elements)),
    activations: peakOf(graph, model.quantized !== undefined),
    layers,
    tensors: allValues(graph)
      .filter((v) => v.quant)
      .map((v) => ({ ...portOf(v), constant: isConstant(v) })),
    quantization:
      refused === undefined
        ? { unsupported: await unsupportedBy(graph), stays_float: staysFloat(graph) }
        : { refused, unsupported: {}, stays_float: [] },
    warnings: model.warnings,
  };
}

/** The graph that would be quantized; where the model is refused, the one that was read, and why. */
function simplified(model: Model): { graph: Graph; refused?: string } {
  try {
    return prepare(model);
  } catch (error) {
    if (!(error instanceof EdgemlError)) throw error;
    return { graph: model.graph, refused: error.message };
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

/** Weights, as opposed to axes and indices. */
const isParameter = (v: Value): boolean => isFloat(v.dtype) || v.quant !== undefined;

const portOf = ({ name, dtype, shape, quant }: Value): PortReport => ({
  name,
  dtype,
  shape,
  ...(quant && {
    quantization: { scale: [...quant.scale], zero_point: [...quant.zeroPoint], ...(quant.axis !== undefined && { axis: quant.axis }) },
  }),
});

function layerOf(node: Node): LayerReport {
  const { macs, elements } = costOf(node);
  const [first] = node.outputs;
  const weights = new Set(node.inputs.filter((v): v is Value => isConstant(v) && isParameter(v as Value)));
  return {
    name: node.name,
    operator: node.op,
    shape: first?.shape ?? [],
    dtype: first?.dtype ?? 'float32',
    parameters: total([...weights].map((v) => sizeOf(v.shape))),
    macs,
    elements,
  };
}

/** Operators without a cost only move data. */
const costOf = (node: Node): Cost => operator(node.op).cost?.(node.inputs, node.outputs, node.attrs) ?? { macs: 0, elements: 0 };

function operatorsOf(layers: readonly LayerReport[]): InspectReport['operators'] {
  const byName = new Map<string, { operator: string; count: number; macs: number; parameters: number }>();
  for (const l of layers) {
    const sum = byName.get(l.operator) ?? { operator: l.operator, count: 0, macs: 0, parameters: 0 };
    byName.set(l.operator, { ...sum, count: sum.count + 1, macs: sum.macs + l.macs, parameters: sum.parameters + l.parameters });
  }
  return [...byName.values()].sort((a, b) => b.count - a.count || (a.operator < b.operator ? -1 : 1));
}

/** A value is alive from the node that makes it (inputs: from the start) to the last that reads it (outputs: to the end). */
function peakOf(graph: Graph, quantized: boolean): InspectReport['activations'] {
  const lastUse = new Map<Value, number>(graph.inputs.map((v) => [v, -1]));
  for (const [i, node] of graph.nodes.entries()) {
    for (const v of node.outputs) lastUse.set(v, i);
    for (const v of node.inputs) if (v && lastUse.has(v)) lastUse.set(v, i);
  }
  for (const v of graph.outputs) if (lastUse.has(v)) lastUse.set(v, graph.nodes.length);
  const dying = new Map<number, Value[]>();
  for (const [v, i] of lastUse) dying.set(i, [...(dying.get(i) ?? []), v]);
  const int8 = (v: Value): number => (v.dtype === 'float32' ? sizeOf(v.shape) : sizeOf(v.shape) * dtypes[v.dtype].bytes);
  let [alive, aliveInt8, peak, peakInt8] = [total(graph.inputs.map(byteSize)), total(graph.inputs.map(int8)), 0, 0];
  let at: string | undefined;
  for (const [i, node] of graph.nodes.entries()) {
    alive += total(node.outputs.map(byteSize));
    aliveInt8 += total(node.outputs.map(int8));
    if (alive > peak) {
      peak = alive;
      at = node.name;
    }
    peakInt8 = Math.max(peakInt8, aliveInt8);
    for (const v of dying.get(i) ?? []) {
      alive -= byteSize(v);
      aliveInt8 -= int8(v);
    }
  }
  return { peak_bytes: peak, ...(!quantized && { int8_bytes: peakInt8 }), ...(at !== undefined && { at }) };
}

/** The writers know best what they cannot write: each is asked. */
async function unsupportedBy(graph: Graph): Promise<InspectReport['quantization']['unsupported']> {
  const found: Partial<Record<Target, readonly Unsupported[]>> = {};
  for (const target of targets) {
    try {
      await writeTarget(target, graph);
    } catch (error) {
      if (error instanceof UnsupportedError) found[target] = error.unsupported;
      else if (error instanceof EdgemlError) found[target] = [{ operator: 'the model', reason: error.message, nodes: [] }];
      else throw error;
    }
  }
  return found;
}

function staysFloat(graph: Graph): InspectReport['quantization']['stays_float'] {
  // Whether a node can run on integers does not depend on its ranges.
  const { keptFloat } = plan(
    graph,
    'int8',
    () => ({ min: -1, max: 1 }),
    () => undefined,
  );
  const groups = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  for (const { node, op, reason } of keptFloat) {
    const key = `${op}: ${reason}`;
    const group = groups.get(key) ?? { operator: op, reason, nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()];
}
