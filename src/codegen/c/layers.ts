import { type Unsupported, UnsupportedError } from '../../errors.js';
import { cloneGraph } from '../../ir/clone.js';
import { allValues, type Graph, type Node, type Value } from '../../ir/graph.js';
import { byteSize } from '../../ir/types.js';
import { decompose } from '../../ops/decompose.js';
import { Names } from '../../ops/node-builder.js';
import { optimize } from '../../passes/pipeline.js';
import { absorbPads } from './absorb-pads.js';
import { lowerNode } from './lower/index.js';
import { type Alias, type Call, input, NoKernel, output, type Target } from './program.js';

/** A node of the graph and what it becomes in C. */
export interface Layer {
  readonly index: number;
  readonly node: Node;
  readonly calls: readonly Call[];
  /** Where the node only renames: the value whose place its outputs take. */
  readonly alias?: Value;
}

export interface Layers {
  /** The graph that the layers are of: simplified if it was a float one. */
  readonly graph: Graph;
  readonly layers: readonly Layer[];
}

const isOnGrid = (node: Node): boolean => [...node.inputs, ...node.outputs].some((v) => v?.quant && !v.data);
/** Whether anything that is computed stands for reals by scale and zero point. */
export const isQuantized = (graph: Graph): boolean => graph.nodes.some(isOnGrid);

/**
 * Every node of a graph as calls of kernels, on a copy. Float graphs are simplified first; nodes without a kernel are
 * replaced by their record's decomposition where it has one.
 * @param subject What messages call the model.
 * Throws UnsupportedError with every node that no kernel takes.
 */
export function layersOf(source: Graph, target: Target, subject: string): Layers {
  const graph = cloneGraph(source);
  if (isQuantized(graph)) absorbPads(graph);
  else optimize(graph);
  outputsOfTheirOwn(graph);
  const known = new Map<Node, readonly Call[] | Alias | NoKernel>();
  const lower = (node: Node) => {
    let made = known.get(node);
    if (!made) {
      made = attempt(node, target);
      known.set(node, made);
    }
    return made;
  };
  // Parts of a quantized node would be floats without a grid.
  decompose(graph, 'tflite', (node) => isOnGrid(node) || !(lower(node) instanceof NoKernel));
  const unsupported = collect(graph.nodes.map((node) => [node, lower(node)]));
  if (unsupported.length > 0) throw new UnsupportedError(`${subject} cannot be written as C:`, unsupported, remedyFor(graph));
  const layers = graph.nodes.map((node, index): Layer => {
    const made = lower(node) as readonly Call[] | Alias;
    if (!('alias' in made)) return { index, node, calls: made };
    return made.alias.data ? { index, node, calls: copies(made.alias, node) } : { index, node, calls: [], alias: made.alias };
  });
  return { graph, layers };
}

const copies = (from: Value, { outputs }: Node): Call[] =>
  outputs.map((to) => ({ kernel: 'copy', function: 'edgeml_copy', args: [input(from), output(to), byteSize(to)] }));

/** Outputs that no node makes (constants) become copies: a caller looks for every output in the arena. */
function outputsOfTheirOwn(graph: Graph): void {
  if (!graph.outputs.some((v) => v.data)) return;
  const names = new Names();
  for (const v of allValues(graph)) names.take(v.name);
  const made: Node[] = [];
  const outputs = graph.outputs.map((v) => {
    if (!v.data) return v;
    const copy: Value = { ...v, data: undefined, name: names.take(v.name) };
    made.push({ name: copy.name, op: 'Reshape', inputs: [v], outputs: [copy], attrs: { shape: v.shape } });
    return copy;
  });
  Object.assign(graph, { outputs, nodes: [...graph.nodes, ...made] });
}

/** Models from before 2019 are uint8, which needs kernels of its own and gains nothing over int8. */
const remedyFor = (graph: Graph): string | undefined =>
  graph.nodes.some((n) => n.outputs.some((v) => v.dtype === 'uint8' && v.quant))
    ? 'Quantized models have to be int8 or int16x8. Make one from the float model: edgeml quantize MODEL --calibrate SAMPLES.'
    : undefined;

function attempt(node: Node, target: Target): readonly Call[] | Alias | NoKernel {
  try {
    return lowerNode(node, target);
  } catch (e) {
    if (e instanceof NoKernel) return e;
    throw e;
  }
}

function collect(made: readonly (readonly [Node, readonly Call[] | Alias | NoKernel])[]): Unsupported[] {
  const found = new Map<string, { operator: string; reason: string; nodes: string[] }>();
  for (const [node, result] of made) {
    if (!(result instanceof NoKernel)) continue;
    const key = `${node.op}: ${result.message}`;
    const entry = found.get(key) ?? { operator: node.op, reason: result.message, nodes: [] };
    entry.nodes.push(node.name);
    found.set(key, entry);
  }
  return [...found.values()];
}
