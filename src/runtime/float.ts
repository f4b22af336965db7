import { writeOnnx } from '../formats/onnx/write.js';
import { writeTflite } from '../formats/tflite/write.js';
import type { Graph } from '../ir/graph.js';
import { hasOnnxruntime, onnxruntime } from './onnxruntime.js';
import type { Session } from './types.js';

/**
 * Loads a graph into the fastest real runtime at hand: onnxruntime where it is installed, LiteRT otherwise.
 * Outputs come in the graph's order. Throws what the writer or the runtime throws.
 */
export async function loadGraph(graph: Graph): Promise<Session & { readonly runtime: string }> {
  if (await hasOnnxruntime()) {
    const runtime = await onnxruntime();
    return Object.assign(await runtime.load(await writeOnnx(graph)), { runtime: runtime.version });
  }
  const { litert } = await import('./litert.js');
  return Object.assign(await litert.load(writeTflite(graph)), { runtime: litert.version });
}
