import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as api from '../src/index.js';
import { bench, codegen, inspect, load, openData, quantize, save, verify, writeFolder } from '../src/index.js';
import { temporaryFolder } from './cli/run.js';
import { writeSamples, writeSmallModel } from './cli/small-model.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  await writeSmallModel(at('small.onnx'));
  writeSamples(at('samples.npy'), 12);
});

describe('the public API', () => {
  it('is what it says', () => {
    expect(Object.keys(api).sort()).toEqual([
      'DeviceError',
      'EdgemlError',
      'GateError',
      'ModelError',
      'NeedsConstantError',
      'OfflineError',
      'UnsupportedError',
      'UsageError',
      'WriteError',
      'bench',
      'codegen',
      'createBundle',
      'deploy',
      'exitCodes',
      'fleetStatus',
      'formatPublicKey',
      'formatSecretKey',
      'generateKeyPair',
      'inspect',
      'load',
      'openBundle',
      'openData',
      'planDeployment',
      'quantize',
      'randomData',
      'readPublicKey',
      'readSecretKey',
      'resume',
      'rollBack',
      'rolloutDefaults',
      'save',
      'splitDataset',
      'verify',
      'writeFolder',
    ]);
  });

  it('takes models from files to estimates', async () => {
    const { report, gateError } = await bench([at('small.onnx')], { devices: ['pico', 'stm32f746'], runtimes: ['edgeml-c'], maxRam: 1 });
    expect(report.devices.map((d) => [d.device, d.runtime, d.fits, d.source])).toEqual([
      ['pico', 'edgeml-c', true, 'estimated'],
      ['stm32f746', 'edgeml-c', true, 'estimated'],
    ]);
    for (const { latency_ms: l } of report.devices) expect(l?.p10 as number).toBeLessThan(l?.p90 as number);
    expect(gateError?.message.split('\n')).toHaveLength(2);
    await expect(bench([at('small.onnx')], { devices: ['pixo'] })).rejects.toThrow(
      /'pixo' is no device that edgeml knows. Did you mean 'pico'/,
    );
    await expect(bench([at('small.onnx')], {})).rejects.toThrow(/Say where/);
  });

  it('takes a model from a file to a folder of C', async () => {
    const { files, report } = await codegen(at('small.onnx'), { name: 'net', cpu: 'cortex-m7', main: 'files' });
    expect(report).toMatchObject({ schema: 'edgeml.codegen/1', for: 'c', name: 'net', inputs: [{ name: 'x' }], warnings: [] });
    const written = await writeFolder(at('net'), files);
    expect(written.map((f) => f.path)).toEqual(expect.arrayContaining(['net.c', 'net.h', 'main.c']));
    expect(readFileSync(at('net/net.h'), 'utf8')).toContain(`#define NET_ARENA_BYTES ${report.ram_bytes}`);
    await expect(codegen(at('small.onnx'), { cpu: 'cortex-m44' })).rejects.toThrow(
      /'cortex-m44' is no processor.*Did you mean 'cortex-m4'/,
    );
  });

  it('takes a model from a file to a verified int8 file', async () => {
    const model = await load(at('small.onnx'));
    const calibrate = await openData(at('samples.npy'), model.graph.inputs);
    const stages = new Set<string>();
    const { files, report, gateError } = await quantize(model, {
      calibrate,
      ranges: 'minmax',
      gates: { minSqnr: 10 },
      onProgress: (stage) => stages.add(stage),
    });
    expect(gateError).toBeUndefined();
    expect([...stages]).toContain('calibrate');
    await save(files.tflite as Uint8Array, at('q.tflite'));
    expect(readFileSync(at('q.tflite')).equals(files.tflite as Uint8Array)).toBe(true);
    const { report: verified } = await verify(at('small.onnx'), at('q.tflite'), { data: at('samples.npy') });
    expect(verified.samples).toBe(12);
    // Other samples than the two that the run held out, but the same model: the figures are close.
    expect(verified.outputs[0].sqnr_db).toBeGreaterThan((report.files[0].outputs[0].sqnr_db as number) - 10);
    const { quantization, inputs } = await inspect(at('q.tflite'));
    expect(quantization.refused).toMatch(/is quantized already/);
    expect(inputs[0]).toMatchObject({ dtype: 'int8', shape: [1, 8, 8, 3] });
  });

  it('turns down words that it does not know', async () => {
    const given = { calibrate: at('samples.npy') };
    const refused = (options: object) => expect(quantize(at('small.onnx'), { ...given, ...options })).rejects;
    await refused({ scheme: 'int4' }).toThrow("scheme is 'int4', which is not one of int8, int16x8, dynamic, float16.");
    await refused({ ranges: 'best' }).toThrow(/ranges is 'best', which is not one of auto, minmax/);
    await refused({ to: ['tflite', 'pb'] }).toThrow("to is 'pb', which is not one of tflite, onnx.");
    await refused({ to: [] }).toThrow('to is empty: name at least one of tflite, onnx.');
    await refused({ scheme: 'int16x8', io: 'int8' }).toThrow('The int16x8 scheme has int16 activations: --io int8 does not go with it.');
  });

  it('writes a float model in another format, with the same results', async () => {
    await save(await load(at('small.onnx')), at('float.tflite'));
    const { report } = await verify(at('small.onnx'), at('float.tflite'), { data: at('samples.npy') });
    // 100 dB: float rounding, by two runtimes.
    expect(report.outputs[0].sqnr_db ?? Number.POSITIVE_INFINITY).toBeGreaterThan(100);
    await expect(save(await load(at('small.onnx')), at('float.pb'))).rejects.toThrow(
      /float\.pb names no format that a model can be written in/,
    );
  });
});
