import { ModelError } from '../errors.js';
import { detect } from '../formats/detect.js';
import { load } from '../formats/index.js';
import { openSource } from '../formats/source.js';
import type { ReadOptions } from '../formats/types.js';
import type { Value } from '../ir/graph.js';
import type { DType } from '../ir/types.js';
import { loadGraph } from '../runtime/float.js';
import type { Port, Session } from '../runtime/types.js';
import { openTarget, withQuant } from './targets.js';

/** A model file in a runtime; ports have fixed shapes and tell their quantization. */
export type OpenedFile = Session & { readonly runtime: string; readonly size: number };

/**
 * Opens a file in the runtime of its own format; Keras models, and those with inputs turned into constants, run through their graph.
 * Throws ModelError, naming the file, where it cannot be read or run.
 */
export async function openFile(path: string, options: ReadOptions): Promise<OpenedFile> {
  const source = await openSource(path);
  const format = detect(source);
  if (format === 'tflite') return Object.assign(await inFile(path, openTarget(format, source.bytes)), { size: source.bytes.length });
  if (format === 'onnx' && options.inputValues === undefined) {
    const session = await inFile(path, openTarget(format, source.bytes));
    const size = source.bytes.length;
    if (options.inputShapes === undefined && ![...session.inputs, ...session.outputs].some(isOpen)) return Object.assign(session, { size });
    const { graph } = await load(path, options);
    const ports = withQuant({ inputs: fixed(session.inputs, graph.inputs), outputs: fixed(session.outputs, graph.outputs) }, graph);
    return Object.assign(session, ports, { size });
  }
  const { graph, fileSize } = await load(path, options);
  const session = await loadGraph(graph);
  return Object.assign(session, withQuant(session, graph), { size: fileSize });
}

const quantizedTypes: readonly DType[] = ['int8', 'uint8', 'int16'];

/** Whether onnxruntime does not tell all of a port: free dimensions, or scales, which stand in the file's Quantize and Dequantize nodes. */
const isOpen = ({ dtype, shape }: Port): boolean => quantizedTypes.includes(dtype) || shape.some((d) => d < 0);

/** The ports with the shapes of the graph, whose dimensions are all fixed. */
const fixed = (ports: readonly Port[], values: readonly Value[]): Port[] =>
  ports.map((p) => ({ ...p, shape: values.find((v) => v.name === p.name)?.shape ?? p.shape }));

/** Runtimes do not know the names of files. */
async function inFile<T>(path: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Samples are real numbers, whatever a port makes of them. */
export const asReal = <P extends Port>(ports: readonly P[]): P[] => ports.map((p) => (p.quant ? { ...p, dtype: 'float32' } : p));
