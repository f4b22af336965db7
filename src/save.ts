import { extname } from 'node:path';
import { UsageError } from './errors.js';
import type { Model } from './formats/types.js';
import { writeAtomic } from './fs/atomic.js';
import { cloneGraph } from './ir/clone.js';
import { optimize } from './passes/pipeline.js';
import { type Target, writeTarget } from './quantize/targets.js';

const formats: Readonly<Record<string, Target>> = { '.tflite': 'tflite', '.onnx': 'onnx' };

/**
 * Writes a file whole or not at all (temporary file, flush, rename).
 * @param content Bytes, such as `quantize` gives, written as they are; or a model from `load`, which is simplified and written
 * in the format that the path's extension names: `.tflite` or `.onnx`.
 * Throws UsageError for another extension, UnsupportedError where the format lacks an operator, WriteError where the file
 * cannot be written.
 */
export async function save(content: Uint8Array | Model, path: string): Promise<void> {
  if (content instanceof Uint8Array) return writeAtomic(path, content);
  const format = formats[extname(path).toLowerCase()];
  if (!format) throw new UsageError(`${path} names no format that a model can be written in: end it in .tflite or .onnx.`);
  const graph = cloneGraph(content.graph);
  // The passes are for float graphs: a quantized one is written as it was read.
  if (content.quantized === undefined) optimize(graph);
  await writeAtomic(path, await writeTarget(format, graph));
}
