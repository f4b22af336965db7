import { allValues, type Graph, isConstant, type Node, type QuantParams, type Value } from '../ir/graph.js';
import type { DType } from '../ir/types.js';
import { operator } from '../ops/index.js';
import { Names } from '../ops/node-builder.js';
import type { Rounded } from './improve/weight-rounding.js';
import { perTensor, sameParams } from './params.js';
import { dataInputs, type Plan } from './plan.js';
import type { IoType } from './schemes.js';
import { quantizeBias, quantizeConstant, quantizeWeights, weightParams, weightScales } from './weights.js';

export interface ApplyOptions {
  readonly io: IoType;
  /** Operators whose weights get one scale for the whole tensor, by name. */
  readonly perTensorWeights?: (node: Node) => boolean;
  /** Weights decided elsewhere (adaptive rounding), with a correction of the bias; absent: round to nearest. */
  readonly round?: (node: Node, scales: Float32Array) => Rounded | undefined;
}

/**
 * The quantized graph that a plan describes: a new graph, the float one stays as it is.
 * Explicit Quantize and Dequantize nodes stand only where the type or the grid really changes.
 */
export function applyPlan(graph: Graph, plan: Plan, options: ApplyOptions): Graph {
  return new Applier(graph, plan, options).run();
}

class Applier {
  private readonly names = new Names();
  private readonly nodes: Node[] = [];
  /** The integer and the float version of each value of the old graph, made when somebody asks. */
  private readonly asInteger = new Map<Value, Value>();
  private readonly asFloat = new Map<Value, Value>();
  private readonly graph: Graph;
  private readonly plan: Plan;
  private readonly options: ApplyOptions;

  constructor(graph: Graph, plan: Plan, options: ApplyOptions) {
    this.graph = graph;
    this.plan = plan;
    this.options = options;
    for (const v of allValues(graph)) this.names.take(v.name);
  }

  run(): Graph {
    const inputs = this.graph.inputs.map((v) => this.input(v));
    for (const node of this.graph.nodes) {
      if (this.plan.integer.has(node)) this.integerNode(node);
      else this.floatNode(node);
    }
    const outputs = this.graph.outputs.map((v) => this.output(v));
    return { name: this.graph.name, inputs, outputs, nodes: this.nodes };
  }

  private get dtype(): DType {
    return this.plan.type;
  }

  private input(v: Value): Value {
    const quant = this.plan.params.get(v);
    if (!quant || this.options.io === 'float32') {
      this.asFloat.set(v, v);
      return v;
    }
    if (this.options.io === 'uint8' && this.plan.type === 'int8') {
      const outside: Value = { ...v, dtype: 'uint8', quant: shifted(quant) };
      this.asInteger.set(v, this.convert('Quantize', outside, this.dtype, quant, `${v.name}_int8`));
      return outside;
    }
    const q: Value = { ...v, dtype: this.dtype, quant };
    this.asInteger.set(v, q);
    return q;
  }

  private output(v: Value): Value {
    const quant = this.plan.params.get(v);
    const integer = this.asInteger.get(v);
    if (!quant || !integer) return this.float(v);
    if (this.options.io === 'float32') return this.named(this.float(v), v.name);
    if (this.options.io === 'uint8' && this.plan.type === 'int8') {
      return this.named(this.convert('Quantize', integer, 'uint8', shifted(quant), v.name), v.name);
    }
    return integer;
  }

  /** An output takes back the model's name; the value that had it is renamed. */
  private named(v: Value, name: string): Value {
    if (v.name === name) return v;
    const holder = [...this.nodes.flatMap((n) => n.outputs)].find((o) => o.name === name);
    const own = v.name;
    (v as { name: string }).name = name;
    if (holder) (holder as { name: string }).name = own;
    return v;
  }

  private integerNode(node: Node): void {
    const rule = operator(node.op).quantize;
    const data = new Set(dataInputs(node));
    const wishes = this.plan.requantize.get(node);
    const inputs = node.inputs.map((v, i) => {
      if (!v) return null;
      if (!data.has(i)) return v;
      const q = this.integer(v, isConstant(v) ? wishes?.get(i) : undefined);
      const wanted = wishes?.get(i);
      return wanted && !sameParams(q.quant, wanted) ? this.convert('Quantize', q, this.dtype, wanted, `${v.name}_requantized`) : q;
    });
    if (rule?.kind === 'weighted') this.weigh(node, rule, inputs);
    const outputs = node.outputs.map((v) => {
      const quant = this.plan.params.get(v);
      if (!quant) {
        this.asFloat.set(v, v);
        return v;
      }
      const q: Value = { ...v, dtype: this.dtype, quant };
      this.asInteger.set(v, q);
      return q;
    });
    this.nodes.push({ ...node, inputs, outputs });
  }

  private weigh(node: Node, rule: { weight: number; bias: number; axis: number }, inputs: (Value | null)[]): void {
    const w = node.inputs[rule.weight] as Value;
    const inputScale = ((inputs[0] as Value).quant as QuantParams).scale[0];
    const old = node.inputs[rule.bias];
    const bias = old?.data as Float32Array | undefined;
    const scales = weightScales(w as never, rule.axis, !this.options.perTensorWeights?.(node), bias, inputScale);
    const rounded = this.options.round?.(node, scales);
    const data = rounded?.weights ?? quantizeWeights(w as never, scales, rule.axis);
    inputs[rule.weight] = {
      name: this.names.take(`${w.name}_int8`),
      dtype: 'int8',
      shape: w.shape,
      data,
      quant: weightParams(scales, rule.axis),
    };
    const corrected = rounded ? rounded.biasShift.map((shift, i) => shift + (bias?.[i] ?? 0)) : bias;
    if (!corrected) return;
    const wide = this.plan.type === 'int16';
    const q = quantizeBias(corrected, inputScale, scales, wide);
    const name = this.names.take(`${old?.name ?? `${node.name}/bias`}_int${wide ? 64 : 32}`);
    inputs[rule.bias] = { name, dtype: wide ? 'int64' : 'int32', shape: [corrected.length], data: q.data, quant: q.quant };
  }

  private floatNode(node: Node): void {
    const inputs = node.inputs.map((v) => (v ? this.float(v) : null));
    for (const v of node.outputs) this.asFloat.set(v, v);
    this.nodes.push({ ...node, inputs });
  }

  private integer(v: Value, wanted?: QuantParams): Value {
    const quant = wanted ?? (this.plan.params.get(v) as QuantParams);
    if (isConstant(v)) return { ...quantizeConstant(v, quant, this.plan.type), name: this.names.take(`${v.name}_${this.dtype}`) };
    const known = this.asInteger.get(v);
    if (known) return known;
    const q = this.convert('Quantize', this.asFloat.get(v) as Value, this.dtype, quant, `${v.name}_${this.dtype}`);
    this.asInteger.set(v, q);
    return q;
  }

  private float(v: Value): Value {
    if (isConstant(v) || v.dtype !== 'float32') return this.asFloat.get(v) ?? v;
    const known = this.asFloat.get(v);
    if (known) return known;
    const f = this.convert('Dequantize', this.asInteger.get(v) as Value, 'float32', undefined, `${v.name}_float`);
    this.asFloat.set(v, f);
    return f;
  }

  private convert(op: 'Quantize' | 'Dequantize', from: Value, dtype: DType, quant: QuantParams | undefined, wish: string): Value {
    const to: Value = { name: this.names.take(wish), dtype, shape: from.shape, ...(quant ? { quant } : {}) };
    this.nodes.push({ name: to.name, op, inputs: [from], outputs: [to], attrs: {} });
    return to;
  }
}

/** The same grid for uint8: zero point 128 higher. */
const shifted = (quant: QuantParams): QuantParams => perTensor(quant.scale[0], quant.zeroPoint[0] + 128);
