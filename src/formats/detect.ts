import { ModelError } from '../errors.js';
import { looksLikeZip } from './bytes/zip.js';
import { describeBytes } from './describe-bytes.js';
import { describeZip } from './describe-zip.js';
import { sniffProtobuf } from './detect-protobuf.js';
import type { FormatName, Source } from './types.js';

/**
 * Names the format of a model file from its bytes; the file's name plays no part.
 * Throws ModelError with a sentence that says what the bytes are where they are no model edgeml knows.
 */
export function detect(source: Pick<Source, 'path' | 'bytes'>): FormatName {
  const { bytes, path } = source;
  if (bytes.length === 0) throw new ModelError(`${path} is empty (0 bytes). Copy or download it again.`);
  if (ascii(bytes, 4, 4) === 'TFL3') return 'tflite';
  if (isHdf5(bytes)) return 'keras-h5';
  if (looksLikeZip(bytes)) return zipFormat(bytes, path);
  const json = sniffJson(bytes);
  if (json === 'tfjs') return 'tfjs';
  const protobuf = json ? undefined : sniffProtobuf(bytes);
  if (protobuf) return protobuf;
  throw new ModelError(`${path} ${json ?? describeBytes(bytes)}. ${readable}`);
}

const readable = 'edgeml reads ONNX, TFLite and Keras (.h5, .keras) models.';

const ascii = (bytes: Uint8Array, at: number, length: number): string => Buffer.from(bytes.subarray(at, at + length)).toString('latin1');

const hdf5Signature = '\x89HDF\r\n\x1a\n';

/** HDF5's signature stands at 0, or after a user block of 512·2^k bytes (HDF5 File Format Specification, II.A). */
function isHdf5(bytes: Uint8Array): boolean {
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : at * 2) if (ascii(bytes, at, 8) === hdf5Signature) return true;
  return false;
}

function zipFormat(bytes: Uint8Array, path: string): FormatName {
  const found = describeZip(bytes, path);
  if (found === 'keras-zip') return found;
  throw new ModelError(`${path} is ${found}. ${readable}`);
}

/** Enough of a file to see what JSON it is: TF.js puts `format` first, and `modelTopology` before the long list of weights. */
const jsonHead = 65_536;

/** 'tfjs', or the description of another JSON file as the end of a sentence; undefined where it is no JSON. */
function sniffJson(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, jsonHead))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (!/^\{\s*("|\}|$)/.test(head)) return undefined;
  if (/"format"\s*:\s*"(graph|layers)-model"/.test(head) || /"(modelTopology|weightsManifest)"\s*:/.test(head)) return 'tfjs';
  // Keras's `model.to_json()`, or the config.json taken out of a .keras archive.
  if (/"class_name"\s*:/.test(head))
    return 'is the JSON configuration of a Keras model, without weights; save the whole model with model.save("model.keras")';
  return 'is a JSON file, but not a TensorFlow.js model';
}

/**
 * Names the format of a folder from what stands in it.
 * @param names The folder's entries.
 * @param head Reads the beginning of one of them.
 */
export function detectFolder(names: readonly string[], head: (name: string) => Uint8Array): FormatName | undefined {
  if (names.includes('saved_model.pb') || names.includes('saved_model.pbtxt')) return 'savedmodel';
  const json = names.filter((n) => n.endsWith('.json')).sort((a, b) => Number(b === 'model.json') - Number(a === 'model.json'));
  return json.slice(0, 8).some((n) => sniffJson(head(n)) === 'tfjs') ? 'tfjs' : undefined;
}

/** Bytes of a file's beginning that {@link detectFolder} looks at. */
export const folderHead = jsonHead;
