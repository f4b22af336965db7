import { ModelError } from '../errors.js';
import { allValues, type Graph, isConstant } from '../ir/graph.js';
import { detect } from './detect.js';
import { refusals } from './refusals.js';
import { openSource } from './source.js';
import type { FormatName, Model, Reader, ReadOptions } from './types.js';

/** Each reader is imported when a file needs it: the schemas, protobuf and wasm behind them take time to load. */
const readers: Partial<Record<FormatName, () => Promise<Reader>>> = {
  onnx: async () => (await import('./onnx/read.js')).readOnnx,
  tflite: async () => (await import('./tflite/read.js')).readTflite,
  'keras-h5': async () => (await import('./keras/read.js')).readKeras,
  'keras-zip': async () => (await import('./keras/read.js')).readKeras,
};

/**
 * Reads a model file: ONNX, TFLite or Keras (`.h5`, `.keras`), told apart by its bytes.
 * The graph that comes back has static shapes (batch 1 where it is free), is channels last inside, and its constants are finite.
 * @param path The file, relative to the working directory or absolute.
 * @param options Shapes for free dimensions, values for inputs that decide shapes.
 * Throws ModelError where the file cannot be read or holds NaN or infinite weights, UnsupportedError with every operator
 * that is not supported, NeedsConstantError where a shape depends on an input's value.
 */
export async function load(path: string, options: ReadOptions = {}): Promise<Model> {
  const source = await openSource(path);
  const format = detect(source);
  const reader = readers[format];
  if (!reader) throw new ModelError(refusals(path)[format] as string);
  const model = await (await reader())(source, options);
  checkFinite(model.graph, path);
  return model;
}

/** NaN and infinities in weights make every range and every output meaningless, so they are refused at the door. */
function checkFinite(graph: Graph, path: string): void {
  for (const v of allValues(graph)) {
    if (!isConstant(v)) continue;
    const at = v.dtype === 'float16' ? firstNotFiniteHalf(v.data as Uint16Array) : firstNotFinite(v.data);
    if (at < 0) continue;
    const value = v.dtype === 'float16' ? halfName((v.data as Uint16Array)[at]) : String(v.data[at]);
    throw new ModelError(
      `${path}: the constant '${v.name}' (shape [${v.shape}]) holds ${value} at index ${at}. Weights must be finite: retrain or repair the model.`,
    );
  }
}

function firstNotFinite(data: ArrayLike<number | bigint>): number {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return -1;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}

/** In binary16 an exponent of all ones is an infinity, or with a fraction a NaN. */
function firstNotFiniteHalf(bits: Uint16Array): number {
  for (let i = 0; i < bits.length; i++) if ((bits[i] & 0x7c00) === 0x7c00) return i;
  return -1;
}

const halfName = (bits: number): string => (bits & 0x3ff ? 'NaN' : bits & 0x8000 ? '-Infinity' : 'Infinity');
