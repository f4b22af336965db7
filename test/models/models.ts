import { readFileSync } from 'node:fs';
import { Random } from '../../src/data/random.js';
import { load } from '../../src/formats/index.js';
import type { Model, ReadOptions } from '../../src/formats/types.js';
import type { Graph } from '../../src/ir/graph.js';
import { f32, fromNumbers, type Tensor, toNumbers } from '../../src/ir/tensor.js';
import { isFloat, sizeOf, type TypeInfo } from '../../src/ir/types.js';
import { interpret } from '../../src/runtime/interpreter.js';
import { litert } from '../../src/runtime/litert.js';
import { onnxruntime } from '../../src/runtime/onnxruntime.js';
import type { Runtime } from '../../src/runtime/types.js';
import { shared } from '../shared.js';

export interface FloatModel {
  /** Below models/. */
  readonly path: string;
  readonly options?: ReadOptions;
  /** What the input's numbers mean, where it is not [-1, 1]: far outside it, scores are too small to have digits to compare. */
  readonly range?: readonly [number, number];
  /** Noise leaves its scores close to the threshold, where any rounding turns them over. */
  readonly undecided?: boolean;
  /** The same network in another file, by its path below models/. */
  readonly sibling?: string;
}

const tiny = (name: string): string => `mlperf-tiny/${name}`;
const zoo = (name: string): string => `zoo/${name}`;

/** Every float model of the evaluation material in a format that is read. */
export const floatModels: readonly FloatModel[] = [
  // Its .tflite was trained apart: in TensorFlow, too, the two differ by 1.4 %.
  { path: tiny('ad_autoencoder.h5') },
  { path: tiny('ad_autoencoder_float.tflite') },
  { path: tiny('ic_resnet8.h5'), sibling: tiny('ic_resnet8_float.tflite') },
  { path: tiny('ic_resnet8_float.tflite') },
  { path: tiny('kws_dscnn.h5'), sibling: tiny('kws_dscnn_float.tflite') },
  { path: tiny('kws_dscnn.keras'), sibling: tiny('kws_dscnn_float.tflite') },
  { path: tiny('kws_dscnn_float.tflite') },
  { path: tiny('sww_conv.h5') },
  { path: tiny('vww_mobilenet.h5'), sibling: tiny('vww_mobilenet_float.tflite') },
  { path: tiny('vww_mobilenet_float.tflite') },
  { path: zoo('espcn_super_resolution.onnx') },
  { path: zoo('face_detection_short_range.onnx') },
  { path: zoo('face_detection_short_range.tflite') },
  { path: zoo('mobilenet_v1_0.25_224_float.tflite') },
  { path: zoo('resnet20_cifar10.onnx') },
  { path: zoo('selfie_segmentation.tflite'), undecided: true },
  { path: zoo('teachable_mobilenetv2_0.35.h5') },
  { path: zoo('ultraface_rfb320.onnx') },
  { path: zoo('ultraface_rfb320_simplified.onnx') },
  { path: zoo('yunet_n_320_320.onnx'), range: [0, 255] },
  { path: zoo('yunet_n_dynamic.onnx'), options: { inputShapes: { '': [1, 3, 256, 320] } }, range: [0, 255] },
];

/** Models that are integer models already. */
export const quantizedModels: readonly string[] = [
  ...['ad_autoencoder', 'ic_resnet8', 'kws_dscnn', 'sww_conv', 'vww_mobilenet'].map((name) => tiny(`${name}_int8_official.tflite`)),
  zoo('mobilenet_v1_0.25_224_quant_ref.tflite'),
];

/** Formats that are told by name and refused, with a word of the sentence that says which. */
export const refusedModels: readonly (readonly [string, RegExp])[] = [
  [tiny('kws_saved_model'), /SavedModel/],
  [tiny('kws_saved_model/saved_model.pb'), /SavedModel/],
  [zoo('arm_kws_ds_cnn_s.pb'), /frozen TensorFlow graph/],
  [zoo('blazeface_tfjs_graph'), /TensorFlow\.js/],
  [zoo('blazeface_tfjs_graph/blazeface.json'), /TensorFlow\.js/],
];

export const loadModel = ({ path, options }: FloatModel): Promise<Model> => load(shared(`models/${path}`), options);

/** Uniform numbers, the same every time: floats in the range, integers in [-64, 64). */
export function randomInputs(ports: readonly TypeInfo[], seed: number, [low, high]: readonly [number, number] = [-1, 1]): Tensor[] {
  const random = new Random(seed);
  return ports.map(({ dtype, shape }) => {
    const unit = Array.from({ length: sizeOf(shape) }, () => random.uniform());
    if (isFloat(dtype))
      return f32(
        shape,
        unit.map((u) => low + (high - low) * u),
      );
    return fromNumbers(
      dtype,
      shape,
      unit.map((u) => Math.floor(128 * u) - 64),
    );
  });
}

/** Runs a model file in memory once. */
export async function runFile(runtime: Runtime, file: Uint8Array, inputs: readonly Tensor[]): Promise<Tensor[]> {
  const session = await runtime.load(file);
  try {
    return await session.run(inputs);
  } finally {
    await session.close();
  }
}

/**
 * What the source file itself answers: ONNX in onnxruntime, TFLite in LiteRT. Keras has no runtime outside TensorFlow:
 * there the interpreter runs the graph as it was read.
 */
export async function runSource({ path }: FloatModel, graph: Graph, inputs: readonly Tensor[]): Promise<Tensor[]> {
  if (path.endsWith('.onnx')) return runFile(await onnxruntime(), readFileSync(shared(`models/${path}`)), inputs);
  if (path.endsWith('.tflite')) return runFile(litert, readFileSync(shared(`models/${path}`)), inputs);
  return interpret(graph, inputs).outputs;
}

/** The largest difference of two answers, relative to the largest expected element; over all outputs. */
export function relativeError(got: readonly Tensor[], expected: readonly Tensor[]): number {
  let worst = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  expected.forEach((e, i) => {
    const [a, b] = [toNumbers(got[i]), toNumbers(e)];
    if (a.length !== b.length) worst = Number.POSITIVE_INFINITY;
    let [difference, largest] = [0, 0];
    for (let k = 0; k < b.length; k++) {
      largest = Math.max(largest, Math.abs(b[k]));
      difference = Math.max(difference, Math.abs(a[k] - b[k]));
    }
    worst = Math.max(worst, difference / (largest || 1));
  });
  // Math.max hands NaN on, so an answer that is not a number never passes for a small difference.
  return worst;
}
