import { type Graph, GraphView, isConstant, type Node, type QuantParams, type Value } from '../ir/graph.js';
import type { QuantizeRule } from '../ops/define.js';
import { operator } from '../ops/index.js';
import { type ActivationType, activationParams, perTensor, type Range } from './params.js';

/** Why a node stays in float. */
export interface KeptFloat {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/** What quantization decided, before anything is changed. */
export interface Plan {
  readonly type: ActivationType;
  /** Nodes that run on integers. */
  readonly integer: ReadonlySet<Node>;
  /** Parameters of every activation and constant operand that such a node reads or writes. */
  readonly params: ReadonlyMap<Value, QuantParams>;
  /** Operands that a node wants on another grid than their own: node, then input index. */
  readonly requantize: ReadonlyMap<Node, ReadonlyMap<number, QuantParams>>;
  readonly keptFloat: readonly KeptFloat[];
}

/**
 * Decides which nodes run on integers and with which parameters. `range` gives the calibrated range of an activation.
 * Values that must share parameters (numerics.md §1) are joined into groups, whose range is the union of their members';
 * a value whose parameters its kernel prescribes (softmax, sigmoid, tanh) never joins: where another grid is wanted it is requantized.
 * @param keepFloat Tells why a node is to stay in float by the user's wish.
 */
export function plan(graph: Graph, type: ActivationType, range: (v: Value) => Range, keepFloat: (node: Node) => string | undefined): Plan {
  const view = new GraphView(graph);
  const integer = new Set<Node>();
  const keptFloat: KeptFloat[] = [];
  for (const node of graph.nodes) {
    const reason = keepFloat(node) ?? cannot(node, type);
    if (reason === undefined) integer.add(node);
    else if (reason !== '') keptFloat.push({ node: node.name, op: node.op, reason });
  }
  const groups = new Groups();
  const fixed = new Map<Value, QuantParams>();
  for (const node of graph.nodes) if (integer.has(node)) prescribe(node, type, fixed);
  propagateFixed(graph, integer, fixed);
  for (const node of graph.nodes) if (integer.has(node)) join(node, groups, fixed);
  const params = new Map<Value, QuantParams>(fixed);
  const members = new Map<Value, Value[]>();
  for (const v of activations(graph, integer)) {
    if (fixed.has(v)) continue;
    const root = groups.find(v);
    const list = members.get(root);
    if (list) list.push(v);
    else members.set(root, [v]);
  }
  for (const list of members.values()) {
    const quant = activationParams(union(list.map((v) => rangeOf(v, range, view))), type);
    for (const v of list) params.set(v, quant);
  }
  return { type, integer, params, requantize: requantizations(graph, integer, params), keptFloat };
}

const ruleOf = (node: Node): QuantizeRule | undefined => operator(node.op).quantize;

/** Reason why a node cannot run on integers; '' for nodes that have no floats at all. */
function cannot(node: Node, type: ActivationType): string | undefined {
  const floats = [...node.inputs, ...node.outputs].filter((v) => v?.dtype === 'float32');
  if (floats.length === 0) return '';
  const rule = ruleOf(node);
  if (!rule) return 'has no integer kernel';
  if (type === 'int16' && !rule.int16) return 'has no int16 kernel';
  if (rule.kind === 'weighted' && !isConstant(node.inputs[rule.weight])) return 'its filter is not a constant';
  if (rule.kind === 'weighted' && node.inputs[rule.bias] && !isConstant(node.inputs[rule.bias])) return 'its bias is not a constant';
  return undefined;
}

/** Float operands of a node that live on an activation's grid (not filters, not biases). */
export function dataInputs(node: Node): number[] {
  const rule = ruleOf(node);
  const parameters = rule?.kind === 'weighted' ? [rule.weight, rule.bias] : [];
  return node.inputs.flatMap((v, i) => (v?.dtype === 'float32' && !parameters.includes(i) ? [i] : []));
}

function activations(graph: Graph, integer: ReadonlySet<Node>): Set<Value> {
  const out = new Set<Value>();
  for (const node of graph.nodes) {
    if (!integer.has(node)) continue;
    for (const i of dataInputs(node)) out.add(node.inputs[i] as Value);
    for (const v of node.outputs) if (v.dtype === 'float32') out.add(v);
  }
  return out;
}

function prescribe(node: Node, type: ActivationType, fixed: Map<Value, QuantParams>): void {
  const rule = ruleOf(node);
  if (rule?.kind !== 'fixed') return;
  const quant = type === 'int8' ? perTensor(rule.int8.scale, rule.int8.zeroPoint) : perTensor(rule.int16Scale ?? 1 / 32768, 0);
  for (const v of node.outputs) fixed.set(v, quant);
}

/** What moves a prescribed value without computing (reshape, transpose, pooling) prescribes its result. */
function propagateFixed(graph: Graph, integer: ReadonlySet<Node>, fixed: Map<Value, QuantParams>): void {
  for (const node of graph.nodes) {
    const rule = integer.has(node) ? ruleOf(node) : undefined;
    if (rule?.kind !== 'output-like-input' || rule.including) continue;
    const quant = fixed.get(node.inputs[rule.from] as Value);
    if (quant) for (const v of node.outputs) if (v.dtype === 'float32') fixed.set(v, quant);
  }
}

function join(node: Node, groups: Groups, fixed: ReadonlyMap<Value, QuantParams>): void {
  const rule = ruleOf(node);
  if (rule?.kind !== 'output-like-input' && rule?.kind !== 'inputs-like-output') return;
  const inputs = rule.kind === 'output-like-input' ? [rule.from] : dataInputs(node);
  const all = [...inputs.map((i) => node.inputs[i] as Value), ...node.outputs.filter((v) => v.dtype === 'float32')].filter(
    (v) => !fixed.has(v),
  );
  for (const v of all.slice(1)) groups.join(all[0], v);
}

/** Operands whose own parameters differ from what the node's kernel demands. */
function requantizations(
  graph: Graph,
  integer: ReadonlySet<Node>,
  params: ReadonlyMap<Value, QuantParams>,
): Map<Node, Map<number, QuantParams>> {
  const out = new Map<Node, Map<number, QuantParams>>();
  for (const node of graph.nodes) {
    const rule = integer.has(node) ? ruleOf(node) : undefined;
    if (rule?.kind !== 'output-like-input' && rule?.kind !== 'inputs-like-output') continue;
    const wanted = params.get(node.outputs[0]);
    if (!wanted) continue;
    for (const i of rule.kind === 'output-like-input' ? [rule.from] : dataInputs(node)) {
      const have = params.get(node.inputs[i] as Value);
      if (!have || (have.scale[0] === wanted.scale[0] && have.zeroPoint[0] === wanted.zeroPoint[0])) continue;
      const wishes = out.get(node) ?? new Map<number, QuantParams>();
      out.set(node, wishes.set(i, wanted));
    }
  }
  return out;
}

function rangeOf(v: Value, range: (v: Value) => Range, view: GraphView): Range {
  if (isConstant(v)) return constantRange(v.data as Float32Array);
  const seen = range(v);
  const producer = view.producer(v);
  const rule = producer && ruleOf(producer);
  if (rule?.kind === 'output-like-input' && rule.including) {
    const value = producer?.attrs[rule.including] as number;
    if (Number.isFinite(value)) return union([seen, { min: value, max: value }]);
  }
  return { min: Math.max(seen.min, rule?.min ?? seen.min), max: Math.min(seen.max, rule?.max ?? seen.max) };
}

function constantRange(data: Float32Array): Range {
  let min = 0;
  let max = 0;
  for (const x of data) {
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { min, max };
}

const union = (ranges: readonly Range[]): Range => ({
  min: ranges.reduce((m, r) => Math.min(m, r.min), 0),
  max: ranges.reduce((m, r) => Math.max(m, r.max), 0),
});

/** Disjoint sets of values with one set of parameters each. */
class Groups {
  private readonly parent = new Map<Value, Value>();

  find(v: Value): Value {
    const p = this.parent.get(v);
    if (p === undefined || p === v) return v;
    const root = this.find(p);
    this.parent.set(v, root);
    return root;
  }

  join(a: Value, b: Value): void {
    this.parent.set(this.find(b), this.find(a));
  }
}
