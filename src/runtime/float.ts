import { cloneGraph } from '../ir/clone.js';
import type { Graph } from '../ir/graph.js';
import { hasOnnxruntime, onnxruntime } from './onnxruntime.js';
import type { Session } from './types.js';

/**
 * Loads a graph into the fastest real runtime at hand: onnxruntime where it is installed, LiteRT otherwise.
 * Outputs come in the graph's order. Throws what the writer or the runtime throws.
 */
export async function loadGraph(graph: Graph): Promise<Session & { readonly runtime: string }> {
  if (await hasOnnxruntime()) {
    const { writeOnnx } = await import('../formats/onnx/write.js');
    const runtime = await onnxruntime();
    return Object.assign(await runtime.load(await writeOnnx(graph)), { runtime: runtime.version });
  }
  const [{ writeTflite }, { lowerForTflite, legalizeTflite }, { litert }] = await Promise.all([
    import('../formats/tflite/write.js'),
    import('../formats/tflite/legalize.js'),
    import('./litert.js'),
  ]);
  const legal = cloneGraph(graph);
  lowerForTflite(legal);
  legalizeTflite(legal);
  return Object.assign(await litert.load(writeTflite(legal)), { runtime: litert.version });
}
