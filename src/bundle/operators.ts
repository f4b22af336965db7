import type { GraphProto, ModelProto, NodeProto } from '../formats/onnx/proto.js';
import { modelType } from '../formats/onnx/schema.js';
import { builtinName, decodeFile } from '../formats/tflite/file.js';

/** The operators that a model file uses, in its format's own names, sorted: what a runtime has to know. */
export async function operatorsOf(bytes: Uint8Array, format: 'tflite' | 'onnx', path: string): Promise<string[]> {
  const names = format === 'tflite' ? tfliteOperators(bytes, path) : await onnxOperators(bytes);
  return [...new Set(names)].sort();
}

const tfliteOperators = (bytes: Uint8Array, path: string): string[] =>
  (decodeFile(bytes, path).operator_codes ?? []).map((code) => {
    const name = builtinName(code);
    return name === 'CUSTOM' ? `CUSTOM:${code.custom_code ?? ''}` : name;
  });

async function onnxOperators(bytes: Uint8Array): Promise<string[]> {
  const model = (await modelType()).decode(bytes) as unknown as ModelProto;
  const inNodes = (nodes: readonly NodeProto[]): string[] =>
    nodes.flatMap((n) => [
      n.domain && n.domain !== 'ai.onnx' ? `${n.domain}:${n.opType}` : n.opType,
      ...n.attribute.flatMap((a) => inGraph(a.g)),
    ]);
  const inGraph = (graph: GraphProto | null | undefined): string[] => (graph ? inNodes(graph.node) : []);
  return [...inGraph(model.graph), ...model.functions.flatMap((f) => inNodes(f.node))];
}
