import { type Graph, isConstant, type Value } from '../../../ir/graph.js';
import { dataTypes, type ValueInfoProto } from '../proto.js';
import type { Emitter } from './emitter.js';

/** Name, type and shape of a model input or output. */
export const valueInfo = (v: Value): ValueInfoProto => ({
  name: v.name,
  type: { tensorType: { elemType: dataTypes[v.dtype], shape: { dim: v.shape.map((d) => ({ dimValue: d })) } } },
});

/**
 * Makes sure that every output is there, in its own layout and type, under its own name; returns the renaming of
 * internal names that gives the file the fewest extra nodes.
 */
export function outputNames(outputs: readonly Value[], graph: Graph, e: Emitter): (name: string) => string {
  const renames = new Map<string, string>();
  const fixed = new Set([...graph.inputs.map((v) => v.name), ...e.initializers.map((t) => t.name ?? '')]);
  for (const v of outputs) {
    if (graph.inputs.includes(v)) continue;
    const name = e.form(v);
    if (v.quant && !isConstant(v)) {
      // The pair that ends in `name` starts with the quantized tensor that the output is.
      const pair = e.nodes.find((n) => n.output?.[0] === name);
      const quantized = pair?.opType === 'DequantizeLinear' ? pair.input?.[0] : undefined;
      if (quantized && !renames.has(quantized)) renames.set(quantized, v.name);
      else e.node('QuantizeLinear', [name, ...e.parameters(v.quant, v.dtype, v.name)], [v.name]);
      continue;
    }
    if (name === v.name) continue;
    if (fixed.has(name) || renames.has(name)) e.node('Identity', [name], [v.name]);
    else renames.set(name, v.name);
  }
  // An output's wish may be taken by another internal tensor, which then has to give way.
  const taken = new Set(renames.values());
  for (const n of e.nodes) {
    for (const o of n.output ?? [])
      if (taken.has(o) && !renames.has(o) && ![...renames].some(([from]) => from === o)) renames.set(o, e.fresh(`${o}_inner`));
  }
  return (name) => renames.get(name) ?? name;
}
