import { ModelError, UnsupportedError } from '../../errors.js';
import { type Graph, isConstant, type Value } from '../../ir/graph.js';
import { listZip, looksLikeZip, readZipEntry, type ZipEntry } from '../bytes/zip.js';
import { replaceRemedy } from '../remedies.js';
import type { Model, Reader, ReadOptions, Source } from '../types.js';
import { KerasBuilder } from './builder.js';
import { LayerConfig, parseJson } from './config.js';
import { Hdf5 } from './hdf5.js';
import { declareInput, declareSequentialInput, makeInputs } from './inputs.js';
import { Layer } from './layer.js';
import { ModelWalker } from './model.js';
import { references } from './nodes.js';
import { survey } from './survey.js';
import { LegacyWeights, ObjectWeights, type WeightScope } from './weights.js';

/** A saved model taken apart: its configuration, and where its weights are. */
interface Saved {
  readonly model: LayerConfig;
  /** Of Keras, as the file says; 2 where it says nothing. */
  readonly version: string;
  readonly weights: WeightScope;
}

/** Sizes beyond which an archive's entries are no model that edgeml could hold. */
const limits = { config: 2 ** 28, weights: 2 ** 32 };

/**
 * Reads a Keras model: `.h5` of Keras 2 and 3 (and tf.keras), and `.keras`. Sequential, functional and nested models.
 * Batch normalization becomes a scale and an offset; 1-D layers become 2-D ones of height 1; recurrent layers are unrolled.
 * Values are named by the layers that make them.
 * Throws ModelError where the file is damaged or holds no whole model, UnsupportedError with every layer that is not supported.
 */
export const readKeras: Reader = async (source, options) => {
  try {
    const zip = looksLikeZip(source.bytes);
    const saved = zip ? await openArchive(source) : await openLegacy(source);
    return { ...build(saved, source, options), format: zip ? 'keras-zip' : 'keras-h5' };
  } catch (e) {
    throw inFile(source.path, e);
  }
};

/** `.h5`: the configuration is an attribute, the weights are in `model_weights`. */
async function openLegacy(source: Source): Promise<Saved> {
  const file = await Hdf5.open(source.bytes, source.path);
  const [config] = file.strings('/', 'model_config');
  if (config === undefined) throw new ModelError(withoutConfig(file));
  const note = (name: string): string | undefined => file.strings('/', name)[0] ?? file.strings('/model_weights', name)[0];
  if (note('backend') === 'theano') {
    throw new ModelError(
      'the model was saved by Keras on Theano, which turns its convolution kernels around. Load it in Keras 2 on TensorFlow, convert the kernels (keras.utils.conv_utils.convert_kernel), and save it again.',
    );
  }
  if (!file.hasGroup('/model_weights'))
    throw new ModelError(
      "the file holds a model's configuration but no weights (the group 'model_weights' is missing). Save the whole model with model.save(…).",
    );
  const model = new LayerConfig(parseJson(config, "the attribute 'model_config'"), 'the model');
  return { model, version: note('keras_version') ?? '2', weights: LegacyWeights.root(file, '/model_weights') };
}

function withoutConfig(file: Hdf5): string {
  const names = file.children('/');
  const weights =
    file.strings('/', 'layer_names').length > 0 || ['layers', '_layer_checkpoint_dependencies', 'vars'].some((n) => names.has(n));
  if (weights)
    return 'the file holds only weights, not the model. Build the model in Keras, load the weights into it, and save it whole with model.save("model.keras").';
  const shown = [...names].slice(0, 5).map((n) => `'${n}'`);
  return `the HDF5 file holds no Keras model (no attribute 'model_config'; ${shown.length > 0 ? `it has ${shown.join(', ')}` : 'it is empty'}).`;
}

/** `.keras`: a zip archive of config.json, metadata.json and model.weights.h5. */
async function openArchive(source: Source): Promise<Saved> {
  const { bytes, path } = source;
  const entries = new Map(listZip(bytes, path).map((e) => [e.name, e] as const));
  const read = (name: string, limit: number): Uint8Array | undefined => {
    const entry: ZipEntry | undefined = entries.get(name);
    return entry && readZipEntry(bytes, entry, path, limit);
  };
  const config = read('config.json', limits.config);
  if (!config) throw new ModelError("the archive has no entry 'config.json': it is no Keras model.");
  const metadata = read('metadata.json', limits.config);
  const version = metadata && parseJson(new TextDecoder().decode(metadata), "the entry 'metadata.json'").keras_version;
  const weights = read('model.weights.h5', limits.weights);
  if (!weights) {
    const other = [...entries.keys()].find((n) => n.startsWith('model.weights'));
    throw new ModelError(
      other
        ? `the archive keeps its weights in '${other}', which edgeml does not read. Save the model with model.save("model.keras") as it is by default.`
        : "the archive has no entry 'model.weights.h5': save the model again.",
    );
  }
  const model = new LayerConfig(parseJson(new TextDecoder().decode(config), "the entry 'config.json'"), 'the model');
  requireLayers(model);
  const file = await Hdf5.open(weights, `${path} (model.weights.h5)`);
  return { model, version: typeof version === 'string' ? version : '3', weights: ObjectWeights.root(file, model) };
}

function requireLayers(model: LayerConfig): void {
  if (Array.isArray(model.fields.layers)) return;
  throw new ModelError(
    `the model is of the class '${model.className}', whose layers are connected by Python code that a file cannot carry. Export it to ONNX (python -m tf2onnx.convert on a SavedModel of model.export(…)), or rebuild it as a functional model.`,
  );
}

function build({ model, version, weights }: Saved, source: Source, options: ReadOptions): Omit<Model, 'format'> {
  requireLayers(model);
  refuseKeras1(model, version);
  const { unsupported, names, warnings } = survey(model);
  if (unsupported.length > 0) throw new UnsupportedError('the model uses layers that edgeml does not support:', unsupported, replaceRemedy);
  const builder = new KerasBuilder();
  const inputs = makeInputs(declared(model), options, builder);
  const walker = new ModelWalker({ builder, keras2: version.startsWith('2') }, names);
  const outputs = walker.model(new Layer(model, model.name, weights), inputs);
  if (outputs.length === 0) throw new ModelError('the model has no outputs. Its configuration is damaged.');
  const graph = builder.finish(model.name, separate(outputs, builder));
  return { graph, path: source.path, fileSize: source.bytes.length, warnings };
}

/** The model's inputs in order; a sequential model may leave its own out. */
function declared(model: LayerConfig) {
  const { layers } = model;
  if (model.isSequential) return [declareSequentialInput(model, layers)];
  return references(model.fields.input_layers, `input_layers of model '${model.name}'`).map(({ layer: name }) => {
    const layer = layers.find((l) => l.name === name);
    if (layer?.className !== 'InputLayer')
      throw new ModelError(`the model's input '${name}' is no input layer. The configuration is damaged.`);
    return declareInput(layer);
  });
}

/** Keras 1 had other names for nearly every field, and other orders of the axes of some kernels. */
function refuseKeras1(model: LayerConfig, version: string): void {
  const old = model.layers.find((l) => ['nb_filter', 'border_mode', 'subsample', 'init'].some((f) => l.fields[f] !== undefined));
  if (old || version.startsWith('1.')) {
    throw new ModelError(`the model was saved by Keras 1${old ? ` (layer '${old.name}')` : ''}. Load it in Keras 2.2 and save it again.`);
  }
}

/** An output is a value of its own: not an input, not a constant, and not another output. */
function separate(outputs: readonly Value[], builder: KerasBuilder): Graph['outputs'] {
  const made = new Set(builder.nodes.flatMap((n) => n.outputs));
  return outputs.map((v, i) => {
    if (isConstant(v) || (made.has(v) && outputs.indexOf(v) === i)) return v;
    return builder.op('Identity', [v], {}, { name: `${v.name}_output` });
  });
}

/** The same error with the file before its sentence. */
function inFile(path: string, e: unknown): unknown {
  if (e instanceof UnsupportedError) return Object.assign(e, { message: `${path}: ${e.message}` });
  if (e instanceof ModelError) return e.message.startsWith(path) ? e : new ModelError(`${path}: ${e.message}`, { cause: e });
  return e;
}
