import type { TensorData, TypeInfo } from './types.js';

/**
 * How integers stand for reals: `real = scale[c] * (q - zeroPoint[c])`.
 * One entry is per tensor; more are per channel along `axis`.
 */
export interface QuantParams {
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly axis?: number;
}

export type AttrValue = number | string | boolean | readonly number[];
export type Attrs = Readonly<Record<string, AttrValue>>;

/** An edge of the graph. With `data` it is a constant. Names are unique in a graph; identity is the object. */
export interface Value extends TypeInfo {
  readonly name: string;
  readonly data?: TensorData;
  readonly quant?: QuantParams;
}

/** An operator applied to values; `null` stands for an optional input that is not given. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attrs: Attrs;
}

/**
 * A model: static shapes, channels last, nodes in an order in which they can run.
 * It is changed by `applyPatch` (ir/patch.ts) only.
 */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
}

export const isConstant = (v: Value | null): v is Value & { data: TensorData } => v?.data !== undefined;

/** Who makes and who uses each value. Valid until the graph changes. */
export class GraphView {
  readonly graph: Graph;
  private readonly producers = new Map<Value, Node>();
  private readonly users = new Map<Value, Node[]>();
  private readonly outputs: Set<Value>;

  constructor(graph: Graph) {
    this.graph = graph;
    this.outputs = new Set(graph.outputs);
    for (const node of graph.nodes) {
      for (const out of node.outputs) this.producers.set(out, node);
      for (const v of new Set(node.inputs)) {
        if (!v) continue;
        const list = this.users.get(v);
        if (list) list.push(node);
        else this.users.set(v, [node]);
      }
    }
  }

  producer(v: Value | null): Node | undefined {
    return v ? this.producers.get(v) : undefined;
  }

  /** Nodes that read the value, each once. */
  consumers(v: Value): readonly Node[] {
    return this.users.get(v) ?? [];
  }

  isOutput(v: Value): boolean {
    return this.outputs.has(v);
  }

  /** The one node that reads the value, if it is read once and is not a graph output. */
  onlyConsumer(v: Value): Node | undefined {
    const users = this.consumers(v);
    return users.length === 1 && !this.isOutput(v) ? users[0] : undefined;
  }
}

/** Every value of the graph once: inputs, constants and node outputs, in order of first appearance. */
export function allValues(graph: Graph): Value[] {
  const seen = new Set<Value>(graph.inputs);
  for (const node of graph.nodes) {
    for (const v of node.inputs) if (v) seen.add(v);
    for (const v of node.outputs) seen.add(v);
  }
  for (const v of graph.outputs) seen.add(v);
  return [...seen];
}
