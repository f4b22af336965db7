import type { FormatName } from './types.js';

/** Formats that are recognised but not read, each with what to do instead. */
export const refusals = (path: string): Partial<Record<FormatName, string>> => ({
  tfjs: `${path} is a TensorFlow.js model, which edgeml does not read. Give the model that it was converted from, or convert it back: tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras for a layers model; tfjs-graph-converter, then tf2onnx, for a graph model.`,
  savedmodel: `${path} is a TensorFlow SavedModel, which edgeml does not read. Convert it to ONNX (python -m tf2onnx.convert --saved-model FOLDER --output model.onnx) or save the Keras model with model.save("model.keras").`,
  'frozen-pb': `${path} is a frozen TensorFlow graph (GraphDef), which edgeml does not read. Convert it to ONNX: python -m tf2onnx.convert --graphdef ${path} --inputs NAME:0 --outputs NAME:0 --output model.onnx.`,
});
