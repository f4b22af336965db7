import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { evaluateNode } from '../../src/ops/evaluate.js';

/** A way to run a graph of one node. */
export interface Backend {
  readonly name: string;
  /** The outputs in order. Throws where the backend has no way to say or run the node. */
  run(graph: Graph, inputs: readonly Tensor[]): Promise<Tensor[]>;
}

/** The records' own meaning. */
const interpreter: Backend = {
  name: 'interpreter',
  run: async ({ nodes: [node], inputs }, given) => {
    const operands = node.inputs.map((v) => (v === null || v.data ? (v as Tensor | null) : { ...v, ...given[inputs.indexOf(v)] }));
    return evaluateNode(node.op, operands, node.attrs, node.outputs);
  },
};

export const backends: readonly Backend[] = [interpreter];
