import { writeOnnx } from '../formats/onnx/write.js';
import { legalizeTflite } from '../formats/tflite/legalize.js';
import { writeTflite } from '../formats/tflite/write.js';
import { cloneGraph } from '../ir/clone.js';
import type { Graph } from '../ir/graph.js';
import type { Session } from '../runtime/types.js';

/** Formats that a quantized model is written in. */
export const targets = ['tflite', 'onnx'] as const;
export type Target = (typeof targets)[number];

/** The graph as a file of the format; the graph stays as it is. Throws UnsupportedError where the format lacks an operator. */
export async function writeTarget(target: Target, graph: Graph): Promise<Uint8Array> {
  if (target === 'onnx') return writeOnnx(graph);
  const legal = cloneGraph(graph);
  legalizeTflite(legal);
  return writeTflite(legal);
}

/** Loads a file into the runtime that judges its format: LiteRT or onnxruntime. */
export async function openTarget(target: Target, bytes: Uint8Array): Promise<Session & { readonly runtime: string }> {
  if (target === 'onnx') {
    const { onnxruntime } = await import('../runtime/onnxruntime.js');
    const runtime = await onnxruntime();
    return Object.assign(await runtime.load(bytes), { runtime: runtime.version });
  }
  const { litert } = await import('../runtime/litert.js');
  return Object.assign(await litert.load(bytes), { runtime: litert.version });
}
