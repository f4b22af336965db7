import { writeOnnx } from '../formats/onnx/write.js';
import { legalizeTflite } from '../formats/tflite/legalize.js';
import { writeTflite } from '../formats/tflite/write.js';
import { cloneGraph } from '../ir/clone.js';
import type { Graph, Value } from '../ir/graph.js';
import type { Port, Session } from '../runtime/types.js';

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

/**
 * Loads a file into the runtime that judges its format: LiteRT or onnxruntime.
 * @param graph What the file was written from: an ONNX file does not say how its int8 inputs and outputs are quantized.
 */
export async function openTarget(
  target: Target,
  bytes: Uint8Array,
  graph?: Pick<Graph, 'inputs' | 'outputs'>,
): Promise<Session & { readonly runtime: string }> {
  if (target === 'onnx') {
    const { onnxruntime } = await import('../runtime/onnxruntime.js');
    const runtime = await onnxruntime();
    const session = await runtime.load(bytes);
    return {
      ...withQuant(session, graph),
      run: (given) => session.run(given),
      close: () => session.close(),
      runtime: runtime.version,
    };
  }
  const { litert } = await import('../runtime/litert.js');
  return Object.assign(await litert.load(bytes), { runtime: litert.version });
}

type Ports = Pick<Session, 'inputs' | 'outputs'>;

/** The inputs and outputs of a session, with the quantization that the graph's have. */
export const withQuant = ({ inputs, outputs }: Ports, graph: Pick<Graph, 'inputs' | 'outputs'> | undefined): Ports => ({
  inputs: inputs.map((p) => quantized(p, graph?.inputs)),
  outputs: outputs.map((p) => quantized(p, graph?.outputs)),
});

function quantized(port: Port, values: readonly Value[] | undefined): Port {
  const quant = values?.find((v) => v.name === port.name)?.quant;
  return quant ? { ...port, quant } : port;
}
