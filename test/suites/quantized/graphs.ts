import { legalizeTflite, lowerForTflite } from '../../../src/formats/tflite/legalize.js';
import { cloneGraph } from '../../../src/ir/clone.js';
import { type Graph, isConstant, type Value } from '../../../src/ir/graph.js';
import { fromNumbers, type Tensor } from '../../../src/ir/tensor.js';
import { sizeOf } from '../../../src/ir/types.js';
import { evaluateNode } from '../../../src/ops/evaluate.js';
import { operator } from '../../../src/ops/index.js';
import { applyPlan } from '../../../src/quantize/apply.js';
import type { ActivationType, Range } from '../../../src/quantize/params.js';
import { plan } from '../../../src/quantize/plan.js';
import { quantizeConstant } from '../../../src/quantize/weights.js';
import { caseGraph, loadCases, mulberry32, type OperatorCase } from '../case.js';
import { extraCases } from './extra-cases.js';

/** A graph on integers, made from a float case by edgeml's own quantization, and what it is run on. */
export interface QuantizedCase {
  /** `int8/Relu/both signs`: the name in the recorded answers. */
  readonly key: string;
  readonly operator: string;
  readonly type: ActivationType;
  readonly graph: Graph;
  /** Input tensors of each run: the case's own numbers, then any integers of the type. */
  readonly runs: readonly (readonly Tensor[])[];
}

/** Operators that change the type themselves. */
const typeChanging = ['Quantize', 'Dequantize'];

/** Whether a case is a quantized graph as it stands. */
const isQuantized = (c: OperatorCase): boolean => typeChanging.includes(c.operator) || c.inputs.some((spec) => spec?.quant);

/** Every case that runs on integers as a whole; cases that quantization would leave in float are left out. */
export function quantizedCases(): QuantizedCase[] {
  const cases = [...loadCases(), ...extraCases()];
  return (['int8', 'int16'] as const).flatMap((type) => cases.flatMap((c) => quantizedCase(c, type) ?? []));
}

function quantizedCase(c: OperatorCase, type: ActivationType): QuantizedCase | undefined {
  const named = { key: `${type}/${c.operator}/${c.name}`, operator: c.operator, type };
  if (isQuantized(c)) {
    const { graph, inputs } = caseGraph(c);
    const first = [...graph.inputs, ...graph.outputs].find((v) => v.dtype === 'int8' || v.dtype === 'int16');
    return first?.dtype === type ? { ...named, graph, runs: runsOf(graph, inputs, type, c.operator) } : undefined;
  }
  const rule = operator(c.operator).quantize;
  const floats = c.inputs.filter((spec) => spec?.dtype === 'float32');
  if (!rule || (type === 'int16' && !rule.int16) || floats.length === 0) return undefined;
  const { graph: given, inputs } = caseGraph(c);
  if (inputs.some((t) => Array.from(t.data as Float32Array).some((v) => !Number.isFinite(Number(v))))) return undefined;
  const float = cloneGraph(given);
  lowerForTflite(float);
  const ranges = observe(float, inputs);
  if (!ranges) return undefined;
  const p = plan(
    float,
    type,
    (v) => ranges.get(v) as Range,
    () => undefined,
  );
  if (p.keptFloat.length > 0 || p.integer.size === 0) return undefined;
  const graph = applyPlan(float, p, { io: 'int8' });
  legalizeTflite(graph);
  const integers = graph.inputs.map((v, i) => (v.quant ? quantized(inputs[i], v, type) : inputs[i]));
  return { ...named, graph, runs: runsOf(graph, integers, type, c.operator) };
}

/** The extremes of every float value; undefined where one of them is not finite, as calibration would refuse it. */
function observe(graph: Graph, inputs: readonly Tensor[]): Map<Value, Range> | undefined {
  const known = new Map<Value, Tensor>(graph.inputs.map((v, i) => [v, { ...inputs[i], ...(v.quant && { quant: v.quant }) }]));
  for (const node of graph.nodes) {
    const operands = node.inputs.map((v) => (v === null || isConstant(v) ? (v as Tensor | null) : (known.get(v) as Tensor)));
    evaluateNode(node.op, operands, node.attrs, node.outputs).forEach((t, i) => void known.set(node.outputs[i], t));
  }
  const ranges = new Map<Value, Range>();
  for (const [v, t] of known) {
    if (t.dtype !== 'float32') continue;
    const data = t.data as Float32Array;
    const range = data.reduce((r, x) => ({ min: Math.min(r.min, x), max: Math.max(r.max, x) }), { min: 0, max: 0 });
    if (!Number.isFinite(range.min) || !Number.isFinite(range.max)) return undefined;
    ranges.set(v, range);
  }
  return ranges;
}

const quantized = (t: Tensor, v: Value, type: ActivationType): Tensor => {
  const { dtype, shape, data } = quantizeConstant({ ...v, dtype: 'float32', data: t.data }, v.quant as NonNullable<Value['quant']>, type);
  return { dtype, shape, data: data as Tensor['data'] };
};

/** The case's own integers, and others from the whole range of the type; floats and indices stay. */
function runsOf(graph: Graph, inputs: readonly Tensor[], type: ActivationType, op: string): Tensor[][] {
  const any = inputs.map((t, i) => {
    const { quant, dtype } = graph.inputs[i];
    if (!quant || (dtype !== 'int8' && dtype !== 'int16')) return t;
    const [low, high] = type === 'int8' ? [-128, 127] : [-32768, 32767];
    // Runtimes refuse roots of negative numbers at run time.
    const from = op === 'Rsqrt' ? quant.zeroPoint[0] : low;
    const size = sizeOf(t.shape);
    const next = mulberry32(size + i);
    const draw = (at: number): number => {
      if (size >= 256 && dtype === 'int8') return Math.max(from, (at % 256) - 128);
      return Math.max(from, low + Math.floor(next() * (high - low + 1)));
    };
    return fromNumbers(
      dtype,
      t.shape,
      Float64Array.from({ length: size }, (_, at) => draw(at)),
    );
  });
  const changed = any.some((t, i) => t !== inputs[i]);
  return changed ? [[...inputs], any] : [[...inputs]];
}
