import { readFile } from 'node:fs/promises';
import { ModelError } from '../errors.js';
import { load } from '../formats/index.js';
import type { ReadOptions } from '../formats/types.js';
import { inspect, type PortReport } from '../quantize/inspect.js';
import { looksLikeBundle } from './looks-like.js';
import type { BundleModel, Manifest } from './manifest.js';
import { operatorsOf } from './operators.js';

/** A model as the manifest describes it, and what running it takes. */
export interface DescribedModel {
  readonly model: Omit<BundleModel, 'file' | 'golden'>;
  readonly runtime: Manifest['requires']['runtime'][number];
  /** Bytes of the file and of the activations that are alive at one time. */
  readonly ram: number;
  readonly warnings: readonly string[];
}

/**
 * Reads a model for a bundle: `.tflite` or `.onnx` in one file. Throws ModelError or UnsupportedError where it cannot be read, and
 * ModelError for a model that devices do not run as it is.
 */
export async function describeModel(path: string, options: ReadOptions = {}): Promise<DescribedModel> {
  if (await looksLikeBundle(path))
    throw new ModelError(`${path} is a bundle already. Deploy it, or look at it with 'edgeml inspect ${path}'.`);
  const model = await load(path, options);
  const { format } = model;
  if (format !== 'tflite' && format !== 'onnx') {
    throw new ModelError(
      `${path} is a Keras model, which no runtime on a device takes. Make a .tflite or .onnx of it with 'edgeml quantize'.`,
    );
  }
  const bytes = await readFile(path);
  if (bytes.length < model.fileSize) {
    throw new ModelError(
      `${path} keeps its weights in files of their own. Save it as one file: onnx.save(model, path, save_as_external_data=False).`,
    );
  }
  const report = await inspect(model);
  return {
    model: {
      format,
      inputs: report.inputs.map(portOf),
      outputs: report.outputs.map(portOf),
      operators: await operatorsOf(bytes, format, path),
    },
    runtime: format === 'tflite' ? 'litert' : 'onnxruntime',
    ram: bytes.length + report.activations.peak_bytes,
    warnings: report.warnings,
  };
}

const portOf = ({ name, dtype, shape, quantization }: PortReport): BundleModel['inputs'][number] => ({
  ...{ name, dtype, shape: [...shape] },
  ...(quantization && {
    quantization: { ...quantization, scale: [...quantization.scale], zero_point: [...quantization.zero_point] },
  }),
});
