import { ModelError, NeedsConstantError } from '../../errors.js';
import { isConstant, type Node, type Value } from '../../ir/graph.js';
import { type Tensor, toNumbers } from '../../ir/tensor.js';
import type { OnnxNode } from '../../ops/mappings.js';
import { type AttributeProto, attributeTypes, type GraphProto, type NodeProto } from './proto.js';
import type { Scope } from './scope.js';
import { nodeName } from './sort.js';
import { type TensorReader, toInt } from './tensors.js';

/** Thrown by {@link OnnxNode.refuse}; the importer collects these over the whole model. */
export class Refusal extends Error {}

/** What a node view needs of the import that it is part of. */
export interface NodeContext {
  readonly scope: Scope;
  readonly tensors: TensorReader;
  /** The nodes made so far. */
  readonly made: readonly Node[];
  /** Reads a graph attribute as a branch or a loop body; its results. */
  runBody(body: GraphProto, inputs: readonly Value[], prefix: string): Value[];
  /** Marks the model as quantized already; `reason` is for {@link Model.quantized}. */
  quantized(reason: string): void;
}

type TypeName = keyof typeof attributeTypes;
const typeNames = new Map<number, string>(Object.entries(attributeTypes).map(([name, code]) => [code, name]));

/** A node of the file as rules and mappings see it. */
export class RuleNode implements OnnxNode {
  readonly type: string;
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly (Value | null)[];
  readonly outputCount: number;
  readonly outputs: readonly string[];
  private readonly attributes = new Map<string, AttributeProto>();
  private readonly context: NodeContext;

  constructor(proto: NodeProto, inputs: readonly (Value | null)[], opset: number, context: NodeContext) {
    this.type = proto.opType;
    this.name = nodeName(proto);
    this.opset = opset;
    this.inputs = inputs;
    this.outputs = proto.output;
    this.outputCount = proto.output.findLastIndex((name) => name !== '') + 1;
    this.context = context;
    for (const a of resolveAttributes(proto, context.scope)) this.attributes.set(a.name, a);
  }

  /** Start of a sentence about this node. */
  get where(): string {
    return `Node '${this.name}' (${this.type})`;
  }

  get attributeNames(): readonly string[] {
    return [...this.attributes.keys()];
  }

  has(attribute: string): boolean {
    return this.attributes.has(attribute);
  }

  int(attribute: string, fallback?: number): number {
    return this.get(attribute, 'INT', fallback, (a) => toInt(a.i, this.where, `the attribute '${attribute}' of`));
  }

  ints(attribute: string, fallback?: readonly number[]): number[] {
    // Not checked to be exact: exporters write the largest int64 for "to the end".
    return [...this.get(attribute, 'INTS', fallback, (a) => a.ints.map((v) => (typeof v === 'number' ? v : v.toNumber())))];
  }

  float(attribute: string, fallback?: number): number {
    return this.get(attribute, 'FLOAT', fallback, (a) => a.f);
  }

  floats(attribute: string, fallback?: readonly number[]): number[] {
    return [...this.get(attribute, 'FLOATS', fallback, (a) => a.floats)];
  }

  string(attribute: string, fallback?: string): string {
    return this.get(attribute, 'STRING', fallback, (a) => new TextDecoder().decode(a.s));
  }

  strings(attribute: string, fallback?: readonly string[]): string[] {
    return [...this.get(attribute, 'STRINGS', fallback, (a) => a.strings.map((s) => new TextDecoder().decode(s)))];
  }

  tensor(attribute: string): Tensor {
    const where = `The attribute '${attribute}' of node '${this.name}' (${this.type})`;
    if (this.attributes.get(attribute)?.sparseTensor) {
      return this.get(attribute, 'SPARSE_TENSOR', undefined, (a) => this.context.tensors.readSparse(a.sparseTensor as never, where));
    }
    return this.get(attribute, 'TENSOR', undefined, (a) => {
      if (!a.t) throw new ModelError(`${where} is empty.`);
      return this.context.tensors.read(a.t, where);
    });
  }

  graph(attribute: string): GraphProto {
    return this.get(attribute, 'GRAPH', undefined, (a) => {
      if (!a.g) throw new ModelError(`The attribute '${attribute}' of node '${this.name}' (${this.type}) is empty.`);
      return a.g;
    });
  }

  input(i: number): Value {
    const v = this.inputs[i];
    if (!v) throw new ModelError(`${this.where} needs its input ${i}, which is not given.`);
    return v;
  }

  constant(i: number): Tensor {
    return this.constantOf(this.input(i), `its input ${i}`);
  }

  /** The data of a value that must be a constant; `what` names its role. */
  constantOf(v: Value, what: string): Tensor {
    if (isConstant(v)) return { dtype: v.dtype, shape: v.shape, data: v.data };
    const input = modelInputOf(v, this.context.made);
    const needs = `${this.where} needs ${what} ('${v.name}') when the model is read`;
    if (input === undefined) throw new ModelError(`${needs}, but it is not a constant.`);
    const depends = input === v.name ? 'it is an input of the model' : `it depends on the model's input '${input}'`;
    throw new NeedsConstantError(`${needs}, but ${depends}. Fix the value of '${input}' (inputValues of load).`, input);
  }

  constantInts(i: number, fallback?: readonly number[]): number[] {
    if (!this.inputs[i] && fallback) return [...fallback];
    return Array.from(toNumbers(this.constant(i)));
  }

  /** Whether something reads output `i`. */
  usesOutput(i: number): boolean {
    const name = this.outputs[i];
    return name !== undefined && name !== '' && this.context.scope.isRead(name);
  }

  /** Reads a graph attribute with these inputs in place; the values of its outputs. */
  runBody(attribute: string, inputs: readonly Value[] = [], suffix: string = attribute): Value[] {
    return this.context.runBody(this.graph(attribute), inputs, `${this.name}/${suffix}/`);
  }

  /** Marks the model as one that is quantized already. */
  quantized(reason: string): void {
    this.context.quantized(reason);
  }

  /**
   * Input `i` as a trained parameter of a layer: throws ModelError naming it where it is a constant with NaN or infinity,
   * with which no range can be measured.
   */
  weight(i: number): Value | null {
    const v = this.inputs[i] ?? null;
    if (!isConstant(v) || (v.dtype !== 'float32' && v.dtype !== 'float64')) return v;
    const data = v.data as Float32Array;
    for (let k = 0; k < data.length; k++) {
      if (Number.isFinite(data[k])) continue;
      throw new ModelError(
        `'${v.name}', a weight of node '${this.name}' (${this.type}), holds ${data[k]} at index ${k}. Export the model again.`,
      );
    }
    return v;
  }

  refuse(reason: string): never {
    throw new Refusal(reason);
  }

  private get<T>(attribute: string, type: TypeName, fallback: T | undefined, read: (a: AttributeProto) => T): T {
    const a = this.attributes.get(attribute);
    if (!a) {
      if (fallback === undefined) throw new ModelError(`${this.where} lacks its attribute '${attribute}'.`);
      return fallback;
    }
    // Files older than IR version 2 leave the type out.
    if (a.type !== 0 && a.type !== attributeTypes[type]) {
      throw new ModelError(`${this.where}: its attribute '${attribute}' is of type ${typeNames.get(a.type) ?? a.type}, not ${type}.`);
    }
    return read(a);
  }
}

/** Attributes in a function body may refer to those that the function was called with. */
function resolveAttributes(proto: NodeProto, scope: Scope): AttributeProto[] {
  return proto.attribute.flatMap((a) => {
    if (!a.refAttrName) return [a];
    const given = scope.bound.get(a.refAttrName);
    return given ? [Object.assign(Object.create(given) as AttributeProto, { name: a.name })] : [];
  });
}

/** The attributes of a function call with references to an outer call replaced. */
export const callAttributes = (proto: NodeProto, scope: Scope): Map<string, AttributeProto> =>
  new Map(resolveAttributes(proto, scope).map((a) => [a.name, a]));

/** The model input that a value depends on: the nearest, where there are several. */
function modelInputOf(v: Value, made: readonly Node[]): string | undefined {
  const producers = new Map<Value, Node>();
  for (const node of made) for (const out of node.outputs) producers.set(out, node);
  const queue = [v];
  const seen = new Set(queue);
  for (const value of queue) {
    if (value.data !== undefined) continue;
    const producer = producers.get(value);
    if (!producer) return value.name;
    for (const input of producer.inputs) {
      if (!input || seen.has(input)) continue;
      seen.add(input);
      queue.push(input);
    }
  }
  return undefined;
}
