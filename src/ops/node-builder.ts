import { ModelError } from '../errors.js';
import type { Attrs, Graph, Node, Value } from '../ir/graph.js';
import { f32, fromNumbers, type Tensor } from '../ir/tensor.js';
import { sizeOf, type TypeInfo } from '../ir/types.js';
import { checkArity, completeAttrs } from './define.js';
import { evaluateNode, operandsOf } from './evaluate.js';
import { operator } from './index.js';

/** A tensor beyond this is a corrupt file or a mistake; nothing edgeml targets comes near it. */
const maxElements = 2 ** 31 - 1;
/** Folding may not blow a small constant up beyond this many elements. */
const maxFoldedElements = 2 ** 25;

/** Hands out names that are unique in one graph. */
export class Names {
  private readonly used = new Set<string>();
  private readonly next = new Map<string, number>();

  take(wish: string): string {
    let name = wish || 'value';
    let n = this.next.get(wish) ?? 0;
    while (this.used.has(name)) name = `${wish || 'value'}_${++n}`;
    this.next.set(wish, n);
    this.used.add(name);
    return name;
  }
}

/**
 * Makes typed nodes: attributes completed, outputs inferred, constants folded at once.
 * Readers build whole graphs with it (GraphBuilder), passes and decompositions small pieces.
 */
export class NodeBuilder {
  readonly nodes: Node[] = [];
  protected readonly names: Names;
  private readonly prefix: string;

  /** @param prefix Wish for the names of what is made, e.g. the name of the node that is replaced. */
  constructor(names: Names, prefix = '') {
    this.names = names;
    this.prefix = prefix;
  }

  /** A constant; the data is not copied. */
  constant(t: Tensor, name = `${this.prefix || 'const'}`): Value {
    return { name: this.names.take(name), dtype: t.dtype, shape: t.shape, data: t.data };
  }

  scalar(value: number, dtype: TypeInfo['dtype'] = 'float32'): Value {
    return this.constant(dtype === 'float32' ? f32([], [value]) : fromNumbers(dtype, [], [value]));
  }

  /**
   * Adds a node and returns its outputs; folds it away where every input is constant.
   * Throws ModelError naming the node where types, shapes or attributes do not fit.
   */
  node(
    op: string,
    inputs: readonly (Value | null)[],
    attrs: Attrs = {},
    wish: { name?: string; outputs?: readonly string[] } = {},
  ): Value[] {
    const record = operator(op);
    const name = wish.name ?? wish.outputs?.[0] ?? this.prefix ?? op;
    let complete: Attrs;
    let types: readonly TypeInfo[];
    try {
      complete = completeAttrs(record, attrs);
      checkArity(record, inputs);
      types = record.infer(operandsOf(op, inputs), complete);
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
      const seen = inputs.map((v) => (v ? `${v.dtype}[${v.shape}]` : '-')).join(', ');
      throw new ModelError(`Node '${name}' (${op}) with inputs ${seen}: ${e.message}.`, { cause: e });
    }
    for (const t of types) {
      if (t.shape.some((d) => !Number.isSafeInteger(d) || d < 0) || sizeOf(t.shape) > maxElements) {
        throw new ModelError(`Node '${name}' (${op}) would make a tensor of shape [${t.shape}], which is no usable size.`);
      }
    }
    const outNames = types.map((_, i) => wish.outputs?.[i] || (i === 0 ? name || op : `${name || op}_${i}`));
    const folded = this.fold(record.name, inputs, complete, types);
    if (folded) return folded.map((t, i) => this.constant(t, outNames[i]));
    const outputs = types.map((t, i): Value => ({ name: this.names.take(outNames[i]), dtype: t.dtype, shape: t.shape }));
    this.nodes.push({ name: name || op, op, inputs, outputs, attrs: complete });
    return outputs;
  }

  /** {@link node} for operators with one output. */
  op(op: string, inputs: readonly (Value | null)[], attrs: Attrs = {}, wish?: { name?: string; outputs?: readonly string[] }): Value {
    return this.node(op, inputs, attrs, wish)[0];
  }

  /** x seen through `perm`: `out.shape[i] = x.shape[perm[i]]`. Identity permutations add nothing. */
  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((p, i) => p === i) ? x : this.op('Transpose', [x], { perm });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return x.shape.length === shape.length && shape.every((d, i) => d === x.shape[i]) ? x : this.op('Reshape', [x], { shape });
  }

  private fold(op: string, inputs: readonly (Value | null)[], attrs: Attrs, types: readonly TypeInfo[]): Tensor[] | undefined {
    if (!inputs.every((v) => v === null || (v.data !== undefined && !v.quant))) return undefined;
    const size = types.reduce((n, t) => n + sizeOf(t.shape), 0);
    const given = inputs.reduce((n, v) => n + (v ? sizeOf(v.shape) : 0), 0);
    if (size > Math.max(maxFoldedElements, given)) return undefined;
    return evaluateNode(op, inputs as (Tensor | null)[], attrs, types);
  }
}

/** Builds a whole graph, input by input and node by node. */
export class GraphBuilder extends NodeBuilder {
  private readonly graphInputs: Value[] = [];

  constructor() {
    super(new Names());
  }

  input(name: string, type: TypeInfo): Value {
    if (sizeOf(type.shape) > maxElements) throw new ModelError(`Input '${name}' has the shape [${type.shape}], which is no usable size.`);
    const v: Value = { name: this.names.take(name), dtype: type.dtype, shape: type.shape };
    this.graphInputs.push(v);
    return v;
  }

  /** The graph. Outputs take the given names where those are free or their own. */
  finish(name: string, outputs: readonly Value[]): Graph {
    return { name, inputs: this.graphInputs, outputs, nodes: this.nodes };
  }
}
