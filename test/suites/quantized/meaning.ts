import { type Graph, isConstant, type Value } from '../../../src/ir/graph.js';
import { fromNumbers, type Tensor } from '../../../src/ir/tensor.js';
import { evaluateNode } from '../../../src/ops/evaluate.js';
import { dequantizeTo } from '../../../src/ops/families/elementwise-quantized.js';
import type { QuantizedCase } from './graphs.js';

const limits: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** The outputs of each run as the records mean them: reals in, the float operator, and its result rounded to the output's grid. */
export const meant = ({ graph, runs }: QuantizedCase): Tensor[][] => runs.map((inputs) => evaluate(graph, inputs));

function evaluate(graph: Graph, inputs: readonly Tensor[]): Tensor[] {
  const reals = new Map<Value, Tensor>(graph.inputs.map((v, i) => [v, real(v, inputs[i])]));
  for (const node of graph.nodes) {
    const operands = node.inputs.map((v) => v && (isConstant(v) ? real(v, { ...v, data: v.data }) : (reals.get(v) as Tensor)));
    const types = node.outputs.map((v) => (v.quant ? { dtype: 'float32' as const, shape: v.shape } : v));
    const identity = node.op === 'Quantize';
    const results = identity ? [operands[0] as Tensor] : evaluateNode(node.op, operands, node.attrs, types);
    results.forEach((t, i) => void reals.set(node.outputs[i], t));
  }
  return graph.outputs.map((v) => onGrid(v, reals.get(v) as Tensor));
}

const real = (v: Value, t: Tensor): Tensor =>
  v.quant ? { dtype: 'float32', shape: t.shape, data: dequantizeTo(t, v.quant) } : { dtype: t.dtype, shape: t.shape, data: t.data };

function onGrid(v: Value, t: Tensor): Tensor {
  const { quant, dtype, shape } = v;
  if (!quant) return t;
  const [low, high] = limits[dtype];
  const data = Float64Array.from(t.data as Float32Array, (x) =>
    Math.min(high, Math.max(low, Math.round(x / quant.scale[0]) + quant.zeroPoint[0])),
  );
  return fromNumbers(dtype, shape, data);
}
