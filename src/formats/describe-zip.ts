import { listZip } from './bytes/zip.js';

/**
 * 'keras-zip', or what else a zip archive is, as the end of a sentence.
 * Throws ModelError where its directory cannot be read.
 */
export function describeZip(bytes: Uint8Array, path: string): string {
  const names = listZip(bytes, path).map((e) => e.name);
  const has = (pattern: RegExp): boolean => names.some((n) => pattern.test(n));
  if (names.includes('config.json') && has(/^model\.weights\.(h5|npz|json)$/)) return 'keras-zip';
  if (names.includes('config.json') && has(/^metadata\.json$/))
    return 'a Keras archive without its weights (model.weights.h5); save the model again';
  if (has(/(^|\/)data\.pkl$/) || has(/(^|\/)constants\.pkl$/)) return 'a PyTorch file; export the model with torch.onnx.export';
  if (has(/(^|\/)saved_model\.pb$/)) return 'a zipped TensorFlow SavedModel; unpack it first';
  const inside = names.filter((n) => /\.(onnx|tflite|h5|hdf5|keras)$/.test(n));
  if (inside.length > 0)
    return `a zip archive that holds '${inside[0]}'${inside.length > 1 ? ` and ${inside.length - 1} more models` : ''}; unpack it first`;
  if (names.length > 0 && names.every((n) => n.endsWith('.npy'))) return 'a NumPy archive (.npz), not a model';
  if (names.length === 0) return 'an empty zip archive';
  const shown = names.slice(0, 3).map((n) => `'${n}'`);
  return `a zip archive of ${shown.join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}, not a Keras model`;
}
