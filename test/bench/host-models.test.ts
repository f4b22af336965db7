import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCompiler } from '../../src/bench/host/edgeml-c.js';
import { measureHost } from '../../src/bench/host/index.js';
import { missing, shared } from '../shared.js';

const folders = ['models/mlperf-tiny', 'models/zoo'];
const absent = missing(folders[0]) ?? missing(folders[1]);
const models = absent ? [] : folders.flatMap((f) => readdirSync(shared(f)).map((name) => join(f, name)));
const readable = models.filter((path) => /\.(tflite|onnx|h5|keras)$/.test(path));

/** The one model that leaves its height and width free. */
const inputShapes = { 'yunet_n_dynamic.onnx': { input: [1, 3, 320, 320] } };

/** Compiling takes longer than running, and what the C computes is tested elsewhere: one of each format and type. */
const asC = ['kws_dscnn_int8_official.tflite', 'kws_dscnn.keras', 'resnet20_cifar10.onnx', 'mobilenet_v1_0.25_224_quant_ref.tflite'];

describe.skipIf(absent !== undefined)('every model of the evaluation material on this machine', () => {
  it('is there: the folders hold models', () => expect(readable.length).toBeGreaterThan(20));

  it.each(readable)('%s runs on onnxruntime and LiteRT', async (path) => {
    const name = basename(path);
    const shapes = inputShapes[name as keyof typeof inputShapes];
    const options = { runs: 2, seconds: 0, runtimes: ['onnxruntime', 'litert'] as const, ...(shapes && { inputShapes: shapes }) };
    const results = await measureHost(shared(path), options);
    expect(results.map(({ runtime, fits, reasons }) => ({ runtime, fits, reasons }))).toEqual([
      { runtime: 'onnxruntime', fits: true, reasons: undefined },
      { runtime: 'litert', fits: true, reasons: undefined },
    ]);
    for (const { latency_ms } of results) expect(latency_ms?.p50).toBeGreaterThan(0);
  });

  it.each(asC)('%s as C', async (name) => {
    if (!(await findCompiler())) return console.warn('skipped: there is no C compiler');
    const path = shared(readable.find((p) => basename(p) === name) ?? name);
    const [result] = await measureHost(path, { runs: 2, seconds: 0, runtimes: ['edgeml-c'] });
    if (name.includes('quant_ref')) {
      expect(result.fits).toBe(false);
      expect(result.reasons?.[0]).toMatch(/^edgeml C cannot take the model for Conv2D: takes no uint8 in C/);
    } else expect(result).toMatchObject({ runtime: 'edgeml-c', fits: true });
  });
});
