import { allValues, type Graph, type Node, type Value } from './graph.js';
import { sameShape, sizeOf, type TypeInfo } from './types.js';

/** Infers a node's output types; throws where inputs or attributes make no sense. */
export type InferNode = (node: Node) => readonly TypeInfo[];

/**
 * Checks what every pass must leave intact: each value defined once and before its use, names unique,
 * constants the size of their shape, and output types equal to what `infer` says.
 * Throws an Error (a bug in edgeml, not in the model) that names the pass and the node.
 */
export function verify(graph: Graph, infer: InferNode, after: string): void {
  const fail = (what: string): never => {
    throw new Error(`after ${after}: ${what} (graph '${graph.name}')`);
  };
  const defined = new Set<Value>(graph.inputs);
  for (const node of graph.nodes) {
    for (const v of node.inputs) {
      if (v && v.data === undefined && !defined.has(v)) fail(`node '${node.name}' (${node.op}) reads '${v.name}' before it is defined`);
    }
    for (const v of node.outputs) {
      if (defined.has(v)) fail(`value '${v.name}' is defined twice`);
      if (v.data) fail(`node '${node.name}' writes to the constant '${v.name}'`);
      defined.add(v);
    }
    const types = infer(node);
    if (types.length !== node.outputs.length)
      fail(`node '${node.name}' (${node.op}) has ${node.outputs.length} outputs, not ${types.length}`);
    node.outputs.forEach((v, i) => {
      const t = types[i];
      if (!sameShape(v.shape, t.shape)) fail(`output '${v.name}' of '${node.name}' (${node.op}) is [${v.shape}], inferred [${t.shape}]`);
      // A quantized value's element type is set by quantization, not by the operator.
      if (!v.quant && v.dtype !== t.dtype) fail(`output '${v.name}' of '${node.name}' (${node.op}) is ${v.dtype}, inferred ${t.dtype}`);
    });
  }
  for (const v of graph.outputs) if (v.data === undefined && !defined.has(v)) fail(`output '${v.name}' is not defined`);
  const names = new Map<string, Value>();
  for (const v of allValues(graph)) {
    if (names.has(v.name)) fail(`two values are named '${v.name}'`);
    names.set(v.name, v);
    if (v.data && v.data.length !== sizeOf(v.shape)) fail(`constant '${v.name}' has ${v.data.length} elements for shape [${v.shape}]`);
  }
}
