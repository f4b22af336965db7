import { type Graph, GraphView, type Value } from '../ir/graph.js';
import { applyPatch } from '../ir/patch.js';

export type IoLayout = 'keep' | 'nhwc';

const toLast = '0,2,3,1';
const toFirst = '0,3,1,2';

/**
 * Turns channels-first inputs and outputs into channels-last ones, in place, where the model begins or ends with the
 * transpose anyway: `x: [N,C,H,W] -> T(x)` becomes `x: [N,H,W,C]`. Returns the names of the ports that changed.
 */
export function channelsLastPorts(graph: Graph): string[] {
  const changed: string[] = [];
  for (const input of graph.inputs) {
    const view = new GraphView(graph);
    const users = view.consumers(input);
    if (view.isOutput(input) || users.length === 0 || !users.every((n) => n.op === 'Transpose' && String(n.attrs.perm) === toLast))
      continue;
    const port: Value = { name: input.name, dtype: input.dtype, shape: users[0].outputs[0].shape };
    applyPatch(graph, {
      remove: users,
      replace: new Map(users.map((n) => [n.outputs[0], port])),
      inputs: graph.inputs.map((v) => (v === input ? port : v)),
    });
    changed.push(port.name);
  }
  for (const output of graph.outputs) {
    const view = new GraphView(graph);
    const last = view.producer(output);
    if (last?.op !== 'Transpose' || String(last.attrs.perm) !== toFirst || view.consumers(output).length > 0) continue;
    const inner = last.inputs[0] as Value;
    if (graph.inputs.includes(inner) || view.isOutput(inner)) continue;
    const { name } = output;
    applyPatch(graph, { remove: [last], replace: new Map([[output, inner]]) });
    changed.push(name);
  }
  return changed;
}
