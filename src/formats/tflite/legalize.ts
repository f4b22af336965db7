import { allValues, type Graph, isConstant, type Node, type Value } from '../../ir/graph.js';
import { applyPatch } from '../../ir/patch.js';
import { decompose } from '../../ops/decompose.js';
import { Names, NodeBuilder } from '../../ops/node-builder.js';
import { withBias } from './legalize/bias.js';
import { canSplitPads, splitPads } from './legalize/pads.js';
import { problem, typeProblem } from './supports.js';

/**
 * Replaces, in place, what TFLite cannot say by other operators (the records' decompositions). Their results are floats
 * without ranges, so this comes before quantization; nodes with quantized operands are left alone.
 * What {@link legalizeTflite} can settle later without new ranges is left to it: pads stay with their operator.
 */
export function lowerForTflite(graph: Graph): void {
  decompose(graph, 'tflite', (node) => isQuantized(node) || !problem(node) || (!typeProblem(node) && canSplitPads(node)));
}

/**
 * Brings a graph, float or quantized, in place into the form that the TFLite writer writes one to one:
 * pads that no padding name says become a Pad before the operator (or a Slice behind it), convolutions get a bias,
 * and each output is a value of its own. New values of a quantized graph take the parameters of the value they are made from.
 */
export function legalizeTflite(graph: Graph): void {
  const names = new Names();
  for (const v of allValues(graph)) names.take(v.name);
  for (const node of [...graph.nodes]) {
    if (!problem(node) || typeProblem(node)) continue;
    const b = new NodeBuilder(names, node.name);
    const made = splitPads(b, node);
    if (made) applyPatch(graph, { remove: [node], insert: b.nodes, replace: new Map([[node.outputs[0], made]]) });
  }
  for (const node of [...graph.nodes]) {
    const complete = withBias(node, names);
    if (complete) applyPatch(graph, { remove: [node], insert: [complete] });
  }
  separateOutputs(graph, names);
}

const isQuantized = (node: Node): boolean => [...node.inputs, ...node.outputs].some((v) => v?.quant !== undefined && !isConstant(v));

/** An output that is also an input, or there twice, becomes a copy: LiteRT answers garbage for such outputs without a word. */
function separateOutputs(graph: Graph, names: Names): void {
  const taken = new Set<Value>(graph.inputs);
  const copies: Node[] = [];
  const outputs = graph.outputs.map((v) => {
    if (!taken.has(v)) {
      taken.add(v);
      return v;
    }
    const copy: Value = { ...v, data: undefined, name: names.take(v.name) };
    copies.push({ name: copy.name, op: 'Reshape', inputs: [v], outputs: [copy], attrs: { shape: v.shape } });
    return copy;
  });
  if (copies.length === 0) return;
  applyPatch(graph, { insert: copies });
  Object.assign(graph, { outputs });
}
