import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import { detect, detectFolder } from '../../src/formats/detect.js';
import { missing, projectRoot, shared } from '../shared.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const of = (bytes: Uint8Array, path = 'file'): string => detect({ path, bytes });

function refusal(bytes: Uint8Array): string {
  try {
    return `recognised as ${of(bytes)}`;
  } catch (e) {
    expect(e).toBeInstanceOf(ModelError);
    return (e as Error).message;
  }
}
const reads = 'edgeml reads ONNX, TFLite and Keras (.h5, .keras) models.';

/** A length-delimited protobuf field. */
const field = (number: number, content: Uint8Array | string): Buffer => {
  const body = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
};
const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value]);

describe('formats', () => {
  it('are told by magic numbers, wherever they stand', () => {
    expect(of(latin('\x1c\0\0\0TFL3\0\0\0\0'), 'model.onnx')).toBe('tflite');
    const hdf5 = '\x89HDF\r\n\x1a\n';
    expect(of(latin(hdf5))).toBe('keras-h5');
    for (const userBlock of [512, 1024, 4096]) expect(of(latin(`${' '.repeat(userBlock)}${hdf5}`))).toBe('keras-h5');
    expect(refusal(latin(`${' '.repeat(600)}${hdf5}`))).toContain('is no model format that edgeml knows');
  });

  it('of zip archives are told by their entries', () => {
    const zip = (...names: string[]): Uint8Array => zipSync(Object.fromEntries(names.map((n) => [n, new Uint8Array(3)])));
    expect(of(zip('metadata.json', 'config.json', 'model.weights.h5'))).toBe('keras-zip');
    expect(refusal(zip('archive/data.pkl', 'archive/version'))).toBe(
      `file is a PyTorch file; export the model with torch.onnx.export. ${reads}`,
    );
    expect(refusal(zip('a/model.onnx'))).toBe(`file is a zip archive that holds 'a/model.onnx'; unpack it first. ${reads}`);
    expect(refusal(zip('x.npy', 'y.npy'))).toBe(`file is a NumPy archive (.npz), not a model. ${reads}`);
    expect(refusal(zip('1', '2', '3', '4'))).toBe(`file is a zip archive of '1', '2', '3' and 1 more, not a Keras model. ${reads}`);
    expect(refusal(zipSync({}))).toBe(`file is an empty zip archive. ${reads}`);
    expect(refusal(zip('config.json', 'model.weights.h5').subarray(0, 80))).toBe(
      'file is a zip archive without its directory, which stands at the end: the file is truncated. Copy or download it again.',
    );
  });

  it('of protobuf files are told by their fields', () => {
    const node = field(1, Buffer.concat([field(1, 'x'), field(4, 'Relu')]));
    const graph = field(7, Buffer.concat([node, field(2, 'g')]));
    const opset = field(8, varint(2, 17));
    expect(of(Buffer.concat([varint(1, 9), field(2, 'pytorch'), graph, opset]))).toBe('onnx');
    expect(of(Buffer.concat([opset, graph, varint(1, 9)]))).toBe('onnx');
    const nodeDef = field(1, Buffer.concat([field(1, 'input/x'), field(2, 'Placeholder')]));
    expect(of(Buffer.concat([nodeDef, nodeDef, field(4, varint(1, 22))]))).toBe('frozen-pb');
    const metaGraph = field(2, Buffer.concat([field(1, field(4, 'serve')), field(2, nodeDef)]));
    expect(of(Buffer.concat([varint(1, 1), metaGraph]))).toBe('savedmodel');
  });

  it('of a truncated ONNX file is ONNX, so that its reader says what is missing', () => {
    expect(of(Buffer.concat([varint(1, 9), Buffer.from([0x3a, 0xff, 0xff, 0x7f]), field(1, field(1, 'x'))]))).toBe('onnx');
  });

  it('of JSON is TensorFlow.js where it says so', () => {
    expect(of(latin('{"format": "graph-model", "generatedBy": "2.4"}'))).toBe('tfjs');
    expect(of(latin('\n {"modelTopology":{"node":[]}}'))).toBe('tfjs');
    expect(refusal(latin('{"name": "edgeml"}'))).toBe(`file is a JSON file, but not a TensorFlow.js model. ${reads}`);
    expect(refusal(latin('{"class_name": "Sequential"}'))).toContain('is the JSON configuration of a Keras model, without weights');
  });
});

describe('what is no model', () => {
  it.each([
    ['', 'file is empty (0 bytes). Copy or download it again.'],
    ['\x89PNG\r\n\x1a\n\0\0', `file is a PNG image. ${reads}`],
    ['\xff\xd8\xff\xe0', `file is a JPEG image. ${reads}`],
    ['\x1f\x8b\x08\0', `file is a gzip archive; unpack it first (gunzip or tar -xzf). ${reads}`],
    [`${'a'.repeat(257)}ustar\0`, `file is a tar archive; unpack it first (tar -xf). ${reads}`],
    ['\x80\x04\x95\0', `file is a Python pickle (PyTorch or scikit-learn); export the model with torch.onnx.export or skl2onnx. ${reads}`],
    ['\x28\0\0\0\0\0\0\0{"a":1}', `file is a safetensors file, which holds weights only; export the model to ONNX. ${reads}`],
    ['\x1c\0\0\0ORTM', `file is a model in ONNX Runtime's own format (.ort); give the .onnx file that it was made from. ${reads}`],
    ['\0\0\0\0', `file holds nothing but zeros (4 bytes); the copy or download did not finish. ${reads}`],
    [' \n ', `file holds nothing but white space. ${reads}`],
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      `file is a Git LFS pointer, not the file itself: run git lfs pull. ${reads}`,
    ],
    ['<!DOCTYPE html><html>', `file is a web page (HTML): the download gave a page instead of the file. ${reads}`],
    ['Hello,  reader\nof files', `file is text that begins with 'Hello, reader of files'. ${reads}`],
    ['\x01\x02\xfe\xff\x03', `file is no model format that edgeml knows (it begins with the bytes 01 02 fe ff 03). ${reads}`],
  ])('%j', (content, sentence) => {
    expect(refusal(latin(content))).toBe(sentence);
  });

  it('may be text in another language, cut anywhere', () => {
    const text = Buffer.from(`${'ä'.repeat(2047)}€${'ä'.repeat(99)}`);
    expect(refusal(text)).toBe(`file is text that begins with '${'ä'.repeat(40)}…'. ${reads}`);
  });
});

describe('folders', () => {
  const nothing = (): Uint8Array => new Uint8Array();
  it('are SavedModels or TensorFlow.js models by what is in them', () => {
    expect(detectFolder(['saved_model.pb', 'variables'], nothing)).toBe('savedmodel');
    expect(detectFolder(['model.json', 'group1-shard1of1.bin'], () => latin('{"modelTopology": {}}'))).toBe('tfjs');
    expect(detectFolder(['package.json'], () => latin('{"name": "x"}'))).toBeUndefined();
    expect(detectFolder([], nothing)).toBeUndefined();
  });
});

describe.skipIf(missing('models/zoo'))('files of the zoo', () => {
  it.each([
    ['mlperf-tiny/ic_resnet8.h5', 'keras-h5'],
    ['mlperf-tiny/kws_dscnn.keras', 'keras-zip'],
    ['mlperf-tiny/ic_resnet8_float.tflite', 'tflite'],
    ['mlperf-tiny/kws_saved_model/saved_model.pb', 'savedmodel'],
    ['zoo/arm_kws_ds_cnn_s.pb', 'frozen-pb'],
    ['zoo/blazeface_tfjs_graph/blazeface.json', 'tfjs'],
    ['zoo/espcn_super_resolution.onnx', 'onnx'],
    ['zoo/face_detection_short_range.onnx', 'onnx'],
    ['zoo/resnet20_cifar10.onnx', 'onnx'],
    ['zoo/ultraface_rfb320.onnx', 'onnx'],
    ['zoo/yunet_n_dynamic.onnx', 'onnx'],
    ['zoo/selfie_segmentation.tflite', 'tflite'],
  ])('%s is %s', (path, format) => {
    expect(of(readFileSync(shared(`models/${path}`)))).toBe(format);
  });
});

it('knows the project’s own files for what they are', () => {
  expect(of(readFileSync(`${projectRoot}fixtures/keras/classifier.h5`))).toBe('keras-h5');
  expect(of(readFileSync(`${projectRoot}fixtures/keras/branches.keras`))).toBe('keras-zip');
});
