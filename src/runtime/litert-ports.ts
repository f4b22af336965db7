import { ModelError } from '../errors.js';
import { builtinName, type TfliteFile, type TfliteSubgraph, type TfliteTensor } from '../formats/tflite/file.js';
import type { DType } from '../ir/types.js';

/** LiteRT's ElementType values (kLiteRtElementType*), which are TFLite's own. */
export const elementTypes: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'int32',
  3: 'uint8',
  4: 'int64',
  6: 'bool',
  7: 'int16',
  9: 'int8',
  10: 'float16',
  11: 'float64',
  13: 'uint64',
  16: 'uint32',
  17: 'uint16',
};

/** A model input or output as the file has it. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: TfliteTensor;
}

/** The graph that the file's first signature runs. */
const mainGraph = (file: TfliteFile): TfliteSubgraph | undefined => file.subgraphs?.[file.signature_defs?.[0]?.subgraph_index ?? 0];

/** Its inputs and outputs in the file's order and by the signature's names. Throws ModelError where LiteRT would answer garbage. */
export function portTensors(file: TfliteFile): { inputs: NamedTensor[]; outputs: NamedTensor[] } {
  const graph = mainGraph(file);
  const signature = file.signature_defs?.[0];
  const named = (indices: readonly number[] = [], map?: readonly { name?: string; tensor_index: number }[]): NamedTensor[] =>
    indices.map((at) => {
      const tensor = graph?.tensors?.[at];
      if (!tensor) throw new ModelError(`The model refers to tensor ${at}, which it does not have.`);
      return { name: map?.find((m) => m.tensor_index === at)?.name ?? tensor.name ?? '', tensor };
    });
  const outputs = graph?.outputs ?? [];
  const odd = outputs.find((at, i) => graph?.inputs?.includes(at) || outputs.indexOf(at) !== i);
  if (odd !== undefined) {
    throw new ModelError(`LiteRT cannot run the model: its output '${named([odd])[0].name}' is also an input, or there twice.`);
  }
  return { inputs: named(graph?.inputs, signature?.inputs), outputs: named(outputs, signature?.outputs) };
}

/** Where the runtime's signature lists each port: by name where names tell them apart, by position otherwise. */
export function order(ports: readonly NamedTensor[], names: readonly string[]): number[] {
  const unique = new Set(names).size === names.length && ports.every((p) => names.includes(p.name));
  return ports.map((p, i) => (unique ? names.indexOf(p.name) : i));
}

/** Inputs that decide the size of an operator's output, by position. */
const sizeInputs: Readonly<Record<string, readonly number[]>> = {
  BATCH_TO_SPACE_ND: [1, 2],
  BROADCAST_TO: [1],
  FILL: [0],
  MEAN: [1],
  MIRROR_PAD: [1],
  NON_MAX_SUPPRESSION_V4: [0],
  NON_MAX_SUPPRESSION_V5: [0],
  ONE_HOT: [1],
  PAD: [1],
  PADV2: [1],
  RANGE: [0, 1, 2],
  RESHAPE: [1],
  RESIZE_BILINEAR: [1],
  RESIZE_NEAREST_NEIGHBOR: [1],
  SCATTER_ND: [2],
  SLICE: [1, 2],
  SPACE_TO_BATCH_ND: [1, 2],
  SPLIT_V: [1, 2],
  STRIDED_SLICE: [1, 2, 3],
  SUM: [1],
  TILE: [1],
  TOPK_V2: [1],
  TRANSPOSE: [1],
  TRANSPOSE_CONV: [0],
  UNIQUE: [0],
  WHERE: [0],
};

/**
 * Whether outputs may get their shape only while the model runs: free dimensions, or operators whose sizes are computed.
 * LiteRT's buffers are made before, and what the first run leaves in them is garbage.
 */
export function hasComputedShapes(file: TfliteFile): boolean {
  const graph = mainGraph(file);
  const tensors = graph?.tensors ?? [];
  const isConstant = (at: number): boolean =>
    at < 0 || (tensors[at] !== undefined && file.buffers?.[tensors[at].buffer]?.data !== undefined);
  const free = (graph?.outputs ?? []).some((at) => tensors[at]?.shape_signature?.some((d) => d < 0));
  return (
    free ||
    (graph?.operators ?? []).some((op) => {
      const code = file.operator_codes?.[op.opcode_index];
      const deciding = code ? (sizeInputs[builtinName(code)] ?? []) : [];
      return deciding.some((i) => op.inputs?.[i] !== undefined && !isConstant(op.inputs[i]));
    })
  );
}
