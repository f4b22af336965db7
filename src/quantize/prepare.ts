import { ModelError } from '../errors.js';
import { lowerForTflite } from '../formats/tflite/legalize.js';
import type { Model } from '../formats/types.js';
import { cloneGraph } from '../ir/clone.js';
import { type Graph, isConstant } from '../ir/graph.js';
import { channelsLastPorts, type IoLayout } from '../passes/io-layout.js';
import { optimize, type PassCount } from '../passes/pipeline.js';

/** A float model made ready: simplified, and in the operators that the targets have. */
export interface Prepared {
  readonly graph: Graph;
  readonly passes: readonly PassCount[];
  /** Ports that `ioLayout: 'nhwc'` turned round. */
  readonly relaidPorts: readonly string[];
}

/**
 * Simplifies a model for quantization; the model itself stays as it is.
 * Throws ModelError where the model is quantized already or has nothing to compute.
 */
export function prepare(model: Model, ioLayout: IoLayout = 'keep'): Prepared {
  if (model.quantized) {
    throw new ModelError(`${model.path} is quantized already: ${model.quantized}. Quantize the float model that it was made from.`);
  }
  const graph = cloneGraph(model.graph);
  const passes = optimize(graph);
  lowerForTflite(graph);
  passes.push(...optimize(graph));
  const relaidPorts = ioLayout === 'nhwc' ? channelsLastPorts(graph) : [];
  if (graph.nodes.length === 0 || graph.outputs.every(isConstant)) {
    throw new ModelError(`${model.path} computes nothing: its outputs do not depend on its inputs.`);
  }
  return { graph, passes, relaidPorts };
}
