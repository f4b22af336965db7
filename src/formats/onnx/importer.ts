import { ModelError, NeedsConstantError, type Unsupported } from '../../errors.js';
import type { Value } from '../../ir/graph.js';
import { toNumbers } from '../../ir/tensor.js';
import type { OnnxGraphBuilder } from './builder.js';
import { type FunctionTable, functionKey, type LocalFunction } from './functions.js';
import { callAttributes, type NodeContext, Refusal, RuleNode } from './node.js';
import type { GraphProto, NodeProto } from './proto.js';
import type { Rule } from './records.js';
import { findRule } from './rules/index.js';
import { type Lookup, Scope, unread } from './scope.js';
import { nodeName, readNames, sortNodes } from './sort.js';
import type { TensorReader } from './tensors.js';

/** Functions that call each other deeper than this are taken for endless. */
const maxDepth = 50;
/** Inlined functions and unrolled loops multiply nodes; beyond this many the file is a mistake or an attack. */
const maxNodes = 200_000;

/** Thrown where a body's result could not be read; the node around it is then as unread as the node inside. */
class UnreadResult extends Error {}

/** Turns the nodes of a file into nodes of the graph, and collects on the way what is not supported. */
export class Importer {
  readonly builder: OnnxGraphBuilder;
  readonly unsupported = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  /** The first value that is needed as a constant and is not one. */
  needsConstant?: NeedsConstantError;
  quantized?: string;
  /** Whether some tensor is float16 in the file. */
  halfSeen = false;
  private readonly functions: FunctionTable;
  private readonly tensors: TensorReader;
  private depth = 0;
  private count = 0;

  constructor(builder: OnnxGraphBuilder, functions: FunctionTable, tensors: TensorReader) {
    this.builder = builder;
    this.functions = functions;
    this.tensors = tensors;
  }

  /**
   * Reads the nodes that `outputs` need, and returns those outputs.
   * `where` starts a sentence about the graph. Throws ModelError; what is not supported is collected instead.
   */
  graph(nodes: readonly NodeProto[], outputs: readonly string[], scope: Scope, where: string): Lookup[] {
    const sorted = sortNodes(nodes, outputs, where);
    scope.setRead(new Set([...sorted.flatMap(readNames), ...outputs]));
    for (const node of sorted) this.node(node, scope);
    return outputs.map((name) => scope.lookup(name));
  }

  /** Initializers become constants when something reads them: their bytes may lie in another file. */
  defineInitializers(graph: GraphProto, scope: Scope): void {
    for (const t of graph.initializer) {
      scope.define(t.name, () => this.widen({ name: t.name, ...this.tensors.read(t, `Initializer '${t.name}'`) }));
    }
    for (const s of graph.sparseInitializer) {
      const name = s.values?.name ?? '';
      scope.define(name, () => this.widen({ name, ...this.tensors.readSparse(s, `Initializer '${name}'`) }));
    }
  }

  /**
   * float16 is how some files store and compute; no target computes so, and float32 holds all of it.
   * Constants are converted, results of operators that make float16 are cast back.
   */
  widen(v: Value): Value {
    if (v.dtype !== 'float16') return v;
    this.halfSeen = true;
    if (!v.data) return this.builder.rule(v.name).op('Cast', [v], { to: 'float32' });
    return { name: v.name, dtype: 'float32', shape: v.shape, data: toNumbers({ dtype: v.dtype, shape: v.shape, data: v.data }) };
  }

  /** What is not supported, once per operator and reason. */
  listUnsupported(): Unsupported[] {
    return [...this.unsupported.values()];
  }

  private node(proto: NodeProto, scope: Scope): void {
    if (++this.count > maxNodes)
      throw new ModelError(`The model has more than ${maxNodes} nodes once functions and loops are written out.`);
    const fn = this.functions.get(functionKey(proto));
    const results = fn ? this.call(fn, proto, scope) : this.operator(proto, scope);
    proto.output.forEach((name, i) => {
      const v = results?.[i] ?? unread;
      if (name !== '') scope.define(name, v === unread ? unread : this.widen(v));
    });
  }

  /** The outputs of an operator of ONNX as far as they are computed; undefined where it is not supported or reads what is not. */
  private operator(proto: NodeProto, scope: Scope): Value[] | undefined {
    const domain = proto.domain === 'ai.onnx' ? '' : proto.domain;
    const opset = scope.opsets.get(domain);
    const rule = domain === '' ? findRule(proto.opType) : undefined;
    if (!rule) {
      const known =
        domain === '' ? 'is an operator that edgeml does not support' : `is of the domain '${domain}', which edgeml does not read`;
      return this.refuse(proto, scope, known);
    }
    if (opset === undefined)
      throw new ModelError(`The model imports no version of ONNX's operators (opset_import), but node '${nodeName(proto)}' is one.`);
    const inputs = this.inputs(proto, scope);
    return inputs && this.apply(rule, new RuleNode(proto, inputs, opset, this.context(scope)), proto, scope);
  }

  /** Runs a rule; undefined where it refuses. */
  private apply(rule: Rule, node: RuleNode, proto: NodeProto, scope: Scope): Value[] | undefined {
    const b = this.builder.rule(scope.prefix + node.name);
    const first = b.nodes.length;
    try {
      const results = rule(node, b);
      const missing = node.outputs.findIndex((_, i) => i >= results.length && node.usesOutput(i));
      if (missing >= 0) node.refuse(`has an output '${node.outputs[missing]}' that edgeml does not compute`);
      const fresh = new Set(b.nodes.slice(first).flatMap((n) => n.outputs));
      results.forEach((v, i) => {
        const name = node.outputs[i];
        if (name && (fresh.has(v) || (v.data && !node.inputs.includes(v)))) b.nameResult(v, scope.prefix + name);
      });
      return results;
    } catch (e) {
      if (e instanceof Refusal) this.refuse(proto, scope, e.message);
      else if (e instanceof NeedsConstantError) this.needsConstant ??= e;
      else if (e instanceof RangeError) throw new ModelError(`${node.where}: ${e.message}.`, { cause: e });
      else if (!(e instanceof UnreadResult)) throw e;
      return undefined;
    }
  }

  /** Writes a model-local function out in place. */
  private call(fn: LocalFunction, proto: NodeProto, scope: Scope): Lookup[] | undefined {
    const inputs = this.inputs(proto, scope);
    if (!inputs) return undefined;
    const where = `Function '${fn.name}'`;
    if (proto.input.length > fn.input.length) {
      throw new ModelError(
        `Node '${nodeName(proto)}' gives ${proto.input.length} inputs to function '${fn.name}', which takes ${fn.input.length}.`,
      );
    }
    const bound = new Map([...fn.attributes, ...callAttributes(proto, scope)]);
    const inner = new Scope({ opsets: fn.opsets.size > 0 ? fn.opsets : scope.opsets, bound, prefix: `${scope.prefix}${nodeName(proto)}/` });
    fn.input.forEach((name, i) => {
      const v = inputs[i];
      inner.define(name, v ?? absent);
    });
    const results = this.nested(where, () => this.graph(fn.node, fn.output, inner, where));
    return results.map((v, i) => (v === undefined || v === absent ? missing(where, fn.output[i]) : v));
  }

  private body(graph: GraphProto, inputs: readonly Value[], scope: Scope): Value[] {
    const where = `Graph '${graph.name}'`;
    if (graph.input.length !== inputs.length) {
      throw new ModelError(`${where} takes ${graph.input.length} inputs, but its node gives it ${inputs.length}.`);
    }
    this.defineInitializers(graph, scope);
    graph.input.forEach((info, i) => {
      scope.define(info.name, inputs[i]);
    });
    const names = graph.output.map((o) => o.name);
    return this.nested(where, () => this.graph(graph.node, names, scope, where)).map((v, i) => {
      if (v === unread) throw new UnreadResult();
      return v ?? missing(where, names[i]);
    });
  }

  private nested<T>(where: string, read: () => T): T {
    if (++this.depth > maxDepth) throw new ModelError(`${where} is nested more than ${maxDepth} deep; it may call itself.`);
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  /** The values a node reads; undefined where one of them could not be read. */
  private inputs(proto: NodeProto, scope: Scope): (Value | null)[] | undefined {
    const found = proto.input.map((name): Value | null | typeof unread => {
      if (name === '') return null;
      const v = scope.lookup(name);
      if (v === undefined) {
        throw new ModelError(`Node '${nodeName(proto)}' (${proto.opType}) reads '${name}', which no node, input or initializer makes.`);
      }
      return v === absent ? null : v;
    });
    return found.includes(unread) ? undefined : (found as (Value | null)[]);
  }

  private refuse(proto: NodeProto, scope: Scope, reason: string): undefined {
    const type = proto.opType.replace(/\s+/g, ' ').trim() || '(an operator without a name)';
    const operator = proto.domain === '' || proto.domain === 'ai.onnx' ? type : `${proto.domain}.${type}`;
    const key = `${operator}\n${reason}`;
    const entry = this.unsupported.get(key) ?? { operator, reason, nodes: [] };
    entry.nodes.push(scope.prefix + nodeName(proto));
    this.unsupported.set(key, entry);
  }

  private context(scope: Scope): NodeContext {
    return {
      scope,
      tensors: this.tensors,
      made: this.builder.nodes,
      runBody: (graph, inputs, prefix) =>
        this.body(graph, inputs, new Scope({ opsets: scope.opsets, bound: scope.bound, parent: scope, prefix: scope.prefix + prefix })),
      quantized: (reason) => {
        this.quantized ??= reason;
      },
    };
  }
}

/** An optional input of a function that its call leaves out. */
const absent: Value = { name: '', dtype: 'float32', shape: [] };

function missing(where: string, name: string): never {
  throw new ModelError(`${where} gives '${name}' as a result, which none of its nodes makes.`);
}
