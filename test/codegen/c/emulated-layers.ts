import { emulate, machineFor, missingTools, toolsOf } from '../../../src/codegen/boards/qemu/index.js';
import { generateC } from '../../../src/codegen/c/index.js';
import type { Graph, Value } from '../../../src/ir/graph.js';
import { byteSize } from '../../../src/ir/types.js';
import { processor } from '../harness.js';
import type { Expectation } from './integer-layers.js';

/** The layers side by side in one graph, in their order. */
function together(cases: readonly Expectation[]): Graph {
  const graphs = cases.map(({ graph }, i): Graph => {
    const renamed = new Map<Value, Value>();
    const of = (v: Value): Value => {
      const known = renamed.get(v) ?? { ...v, name: `${v.name}_${i}` };
      renamed.set(v, known);
      return known;
    };
    const nodes = graph.nodes.map((n) => ({
      ...n,
      name: `${n.name}_${i}`,
      inputs: n.inputs.map((v) => v && of(v)),
      outputs: n.outputs.map(of),
    }));
    return { name: graph.name, inputs: graph.inputs.map(of), outputs: graph.outputs.map(of), nodes };
  });
  return {
    name: 'layers',
    inputs: graphs.flatMap((g) => g.inputs),
    outputs: graphs.flatMap((g) => g.outputs),
    nodes: graphs.flatMap((g) => g.nodes),
  };
}

/** Runs int8 layers on an emulated processor; a sentence for each that gives something else. */
export async function emulated(cases: readonly Expectation[], cpu: string): Promise<string[]> {
  const machine = machineFor(cpu);
  if (!machine) throw new Error(`no machine stands for ${cpu}`);
  const missing = await missingTools(toolsOf(machine));
  if (missing) {
    console.warn(`not emulated: ${missing}`);
    return [];
  }
  const graph = together(cases);
  const inputs = cases.flatMap((c) => c.inputs.map((t) => new Uint8Array(t.data.buffer, t.data.byteOffset, byteSize(t))));
  const { inferences } = await emulate(generateC(graph, { name: 'layers', cpu: processor(cpu) }), machine, { inputs: [inputs] });
  return cases.flatMap(({ title, expected }, i) => {
    const y = new Int8Array(Uint8Array.from(inferences[0].outputs[i]).buffer);
    const e = expected('double');
    const differ = [...y.keys()].filter((k) => y[k] !== e[k]);
    if (y.length === e.length && differ.length === 0) return [];
    return [`${title}: ${differ.length} of ${y.length} differ, the first at ${differ[0]}: ${y[differ[0]]} instead of ${e[differ[0]]}`];
  });
}
