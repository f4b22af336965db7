import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archive } from '../../fixtures/keras/write.js';
import { ModelError } from '../../src/errors.js';
import { load } from '../../src/formats/index.js';
import { openSource } from '../../src/formats/source.js';
import { missing, projectRoot, shared } from '../shared.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeml-load-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function sentence(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (e) {
    expect(e).toBeInstanceOf(ModelError);
    return (e as Error).message.replaceAll(folder, 'FOLDER');
  }
  return 'nothing was thrown';
}

describe('load', () => {
  it('reads by the bytes, whatever the name', async () => {
    const config = {
      class_name: 'Sequential',
      config: {
        name: 'm',
        layers: [
          { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' } },
          { class_name: 'ReLU', config: { name: 'r' } },
        ],
      },
    };
    const path = put('model.onnx', await archive(config, []));
    const model = await load(path);
    expect(model).toMatchObject({ format: 'keras-zip', path, warnings: [] });
    expect(model.graph.nodes.map((n) => n.op)).toEqual(['Relu']);
    expect(model.quantized).toBeUndefined();
  });

  it('tells the size of the file', async () => {
    const model = await load(join(projectRoot, 'fixtures/keras/classifier.h5'));
    expect(model.fileSize).toBe((await openSource(join(projectRoot, 'fixtures/keras/classifier.h5'))).bytes.length);
  });

  it('refuses weights that are not finite, naming tensor and index', async () => {
    const config = {
      class_name: 'Sequential',
      config: {
        name: 'm',
        layers: [
          { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' } },
          { class_name: 'Dense', config: { name: 'd', units: 2, use_bias: true } },
        ],
      },
    };
    for (const [bad, shown] of [
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
    ] as const) {
      const kernel = { path: 'layers/dense/vars/0', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
      const bias = { path: 'layers/dense/vars/1', shape: [2], data: Float32Array.of(0, bad) };
      const path = put('nan.keras', await archive(config, [kernel, bias]));
      expect(await sentence(() => load(path))).toBe(
        `FOLDER/nan.keras: the constant 'd/bias' (shape [2]) holds ${shown} at index 1. Weights must be finite: retrain or repair the model.`,
      );
    }
  });

  it('says what stands in the way of reading', async () => {
    expect(await sentence(() => load(join(folder, 'absent.onnx')))).toBe('Cannot read FOLDER/absent.onnx: there is no such file.');
    expect(await sentence(() => load(join(put('plain', 'x'), 'model.onnx')))).toBe(
      'Cannot read FOLDER/plain/model.onnx: a part of the path is a file, not a folder.',
    );
    expect(await sentence(() => load('a\0b'))).toMatch(/^Cannot read a\0b: its name holds a zero byte\.$/);
    expect(await sentence(() => load('/dev/null'))).toBe(
      '/dev/null is not a regular file (a device, pipe or socket); copy it to a file first.',
    );
    expect(await sentence(() => load(put('empty.onnx', '')))).toBe('FOLDER/empty.onnx is empty (0 bytes). Copy or download it again.');
  });

  it('says what a folder is', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    expect(await sentence(() => load(inner))).toBe('FOLDER/inner is a folder, not a model. Name a model file.');
    writeFileSync(join(inner, 'net.tflite'), '');
    expect(await sentence(() => load(inner))).toBe(
      'FOLDER/inner is a folder, not a model. Name the model in it, e.g. FOLDER/inner/net.tflite.',
    );
    writeFileSync(join(inner, 'model.json'), '{"format": "layers-model"}');
    expect(await sentence(() => load(inner))).toMatch(
      /^FOLDER\/inner is a TensorFlow\.js model, which edgeml does not read\. .*tensorflowjs_converter/,
    );
    writeFileSync(join(inner, 'saved_model.pb'), '');
    expect(await sentence(() => load(inner))).toMatch(/^FOLDER\/inner is a TensorFlow SavedModel, which edgeml does not read\. .*tf2onnx/);
  });

  it.skipIf(missing('models/zoo/arm_kws_ds_cnn_s.pb'))('names a conversion for a frozen graph', async () => {
    expect(await sentence(() => load(shared('models/zoo/arm_kws_ds_cnn_s.pb')))).toMatch(
      /is a frozen TensorFlow graph \(GraphDef\).*tf2onnx\.convert --graphdef/,
    );
  });
});

describe('data beside the model', () => {
  it('is read in parts', async () => {
    const source = await openSource(put('m.onnx', 'model'));
    put('weights.bin', '0123456789');
    const text = (b: Uint8Array): string => Buffer.from(b).toString();
    expect(text(source.readSibling('weights.bin', 0))).toBe('0123456789');
    expect(text(source.readSibling('weights.bin', 7))).toBe('789');
    expect(text(source.readSibling('./weights.bin', 2, 3))).toBe('234');
    expect(source.readSibling('weights.bin', 10)).toHaveLength(0);
    expect(source.readSibling('weights.bin', 2, 4).byteOffset).toBe(0);
  });

  it('must be there, and long enough', async () => {
    const source = await openSource(put('m.onnx', 'model'));
    put('weights.bin', '0123456789');
    expect(await sentence(() => source.readSibling('none.bin', 0))).toBe(
      "FOLDER/m.onnx keeps data in the file 'none.bin', which is missing: put 'none.bin' beside the model (FOLDER/none.bin).",
    );
    expect(await sentence(() => source.readSibling('weights.bin', 8, 3))).toBe(
      "FOLDER/m.onnx keeps data in the file 'weights.bin', 3 bytes at 8, but that file has 10 bytes. It is truncated or belongs to another model.",
    );
    for (const [offset, length] of [
      [-1, 2],
      [11, undefined],
      [0.5, 1],
      [0, Number.NaN],
      [0, 2 ** 60],
    ] as const) {
      expect(await sentence(() => source.readSibling('weights.bin', offset, length))).toContain('but that file has 10 bytes');
    }
  });

  it('may not leave the folder', async () => {
    const inside = join(folder, 'models');
    mkdirSync(inside);
    writeFileSync(join(inside, 'm.onnx'), 'model');
    put('secret.bin', 'secret');
    symlinkSync(join(folder, 'secret.bin'), join(inside, 'link.bin'));
    symlinkSync(folder, join(inside, 'out'));
    const source = await openSource(join(inside, 'm.onnx'));
    for (const name of [
      '../secret.bin',
      'x/../../secret.bin',
      '..\\secret.bin',
      join(folder, 'secret.bin'),
      'C:\\secret.bin',
      'link.bin',
      'out/secret.bin',
      'out',
    ]) {
      expect(await sentence(() => source.readSibling(name, 0)), name).toContain(
        "which leaves the model's folder. Only files in that folder are read",
      );
    }
    expect(await sentence(() => source.readSibling('', 0))).toContain('which is no file name');
    expect(await sentence(() => source.readSibling('a\0b', 0))).toContain('which is no file name');
    expect(await sentence(() => source.readSibling('.', 0))).toContain("leaves the model's folder");
  });

  it('may stand beside the file that a linked model really is, as in the cache of a model hub', async () => {
    const [blobs, snapshot] = [join(folder, 'blobs'), join(folder, 'snapshot')];
    mkdirSync(blobs);
    mkdirSync(snapshot);
    writeFileSync(join(blobs, 'aa'), 'model');
    writeFileSync(join(blobs, 'bb'), 'weights');
    symlinkSync(join(blobs, 'aa'), join(snapshot, 'm.onnx'));
    symlinkSync(join(blobs, 'bb'), join(snapshot, 'w.bin'));
    const source = await openSource(join(snapshot, 'm.onnx'));
    expect(Buffer.from(source.readSibling('w.bin', 0)).toString()).toBe('weights');
  });
});
