import type { Graph, Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { evaluateNode } from '../ops/evaluate.js';

/**
 * Runs a float graph by the records' own `evaluate`: the meaning that every other backend is held against.
 * @param inputs One tensor per graph input, in order, of its type and shape.
 * @param keep More values to return, by name, beside the outputs.
 */
export function interpret(graph: Graph, inputs: readonly Tensor[], keep: readonly Value[] = []): { outputs: Tensor[]; kept: Tensor[] } {
  const values = new Map<Value, Tensor>(graph.inputs.map((v, i) => [v, inputs[i]]));
  const wanted = new Set<Value>([...graph.outputs, ...keep]);
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach((n, i) => {
    for (const v of n.inputs) if (v) lastUse.set(v, i);
  });
  // Quantization parameters are the value's, not the tensor's: Dequantize finds them on its operand.
  const read = (v: Value): Tensor => {
    if (v.data) return v as Tensor;
    const t = values.get(v) as Tensor;
    return v.quant ? ({ ...t, quant: v.quant } as Tensor) : t;
  };
  graph.nodes.forEach((node, i) => {
    const outs = evaluateNode(
      node.op,
      node.inputs.map((v) => (v ? read(v) : null)),
      node.attrs,
      node.outputs,
    );
    node.outputs.forEach((v, k) => {
      values.set(v, outs[k]);
    });
    // Tensors that nothing reads any more are let go, so that a deep model does not hold all its activations.
    for (const v of node.inputs) if (v && lastUse.get(v) === i && !wanted.has(v)) values.delete(v);
  });
  return { outputs: graph.outputs.map(read), kept: keep.map(read) };
}
