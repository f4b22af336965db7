import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Model, ReadOptions } from '../../formats/types.js';
import { cloneGraph } from '../../ir/clone.js';
import type { Graph } from '../../ir/graph.js';
import { optimize } from '../../passes/pipeline.js';
import type { ChildRuntime } from './protocol.js';

/** A file for a runtime. */
export interface ModelFile {
  readonly path: string;
  /** Bytes, with external data. */
  readonly size: number;
  /** Whether it is the user's own file; otherwise edgeml wrote it. */
  readonly own: boolean;
}

const formats = { onnxruntime: 'onnx', litert: 'tflite' } as const;

/**
 * The model as a file that the runtime reads: the user's own where it has that format, otherwise written into a folder.
 * Throws UnsupportedError where the format lacks an operator.
 */
export async function fileFor(runtime: ChildRuntime, model: Model, options: ReadOptions, folder: string): Promise<ModelFile> {
  const format = formats[runtime];
  // onnxruntime takes its shapes from the inputs; LiteRT has them in the file.
  const same = options.inputValues === undefined && (format === 'onnx' || options.inputShapes === undefined);
  if (model.format === format && same) return { path: resolve(model.path), size: model.fileSize, own: true };
  const bytes = await write(format, model);
  const path = join(folder, `model.${format}`);
  await writeFile(path, bytes);
  return { path, size: bytes.length, own: false };
}

async function write(format: 'onnx' | 'tflite', model: Model): Promise<Uint8Array> {
  const graph: Graph = cloneGraph(model.graph);
  // The passes are for float graphs: a quantized one is written as it was read.
  if (model.quantized === undefined) optimize(graph);
  if (format === 'onnx') return (await import('../../formats/onnx/write.js')).writeOnnx(graph);
  return (await import('../../formats/tflite/write.js')).writeTflite(graph);
}
