import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomData } from '../../src/data/index.js';
import { writeOnnx } from '../../src/formats/onnx/write.js';
import { quantize, save, verify } from '../../src/index.js';
import { GraphBuilder } from '../../src/ops/node-builder.js';
import { temporaryFolder } from '../cli/run.js';
import { writeSamples, writeSmallModel } from '../cli/small-model.js';
import { wave } from '../passes/helpers.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const ports = ['int8', 'uint8', 'float32'] as const;

beforeAll(async () => {
  await writeSmallModel(at('small.onnx'));
  await writeSmallModel(at('small.tflite'));
  writeSamples(at('samples.npy'), 12);
  for (const io of ports) {
    const { files } = await quantize(at('small.onnx'), { calibrate: at('samples.npy'), io, ranges: 'minmax', to: ['tflite', 'onnx'] });
    await save(files.tflite as Uint8Array, at(`${io}.tflite`));
    await save(files.onnx as Uint8Array, at(`${io}.onnx`));
  }
  const { files } = await quantize(at('small.onnx'), { calibrate: at('samples.npy'), scheme: 'int16x8', ranges: 'minmax', to: ['onnx'] });
  await save(files.onnx as Uint8Array, at('int16.onnx'));
});

const sqnr = async (float: string, quantized: string, options = {}): Promise<number> => {
  const { report } = await verify(at(float), at(quantized), { data: at('samples.npy'), ...options });
  return report.outputs[0].sqnr_db ?? Number.POSITIVE_INFINITY;
};

describe('verify on two files', () => {
  it.each(['small.onnx', 'small.tflite'])('takes %s beside every format and type of inputs and outputs', async (float) => {
    // What float32 ports lose is lost inside; int8 and uint8 outputs of a softmax have steps of 1/256 besides.
    const inside = await sqnr(float, 'float32.tflite');
    expect(inside).toBeGreaterThan(25);
    for (const io of ports)
      for (const format of ['tflite', 'onnx'])
        expect(Math.abs((await sqnr(float, `${io}.${format}`)) - inside), `${io}.${format}`).toBeLessThan(6);
  });

  it('takes the scale of int16 outputs from an ONNX file', async () => {
    expect(await sqnr('small.onnx', 'int16.onnx')).toBeGreaterThan(40);
  });

  it('takes two quantized files', async () => {
    expect(await sqnr('int8.tflite', 'int8.onnx')).toBeGreaterThan(30);
    expect(await sqnr('int8.onnx', 'uint8.tflite')).toBeGreaterThan(30);
  });

  it('takes int8 inputs and outputs of a file whose shapes are given', async () => {
    const given = { inputShapes: { '': [1, 8, 8, 3] } };
    expect(await sqnr('small.onnx', 'int8.onnx', given)).toBe(await sqnr('small.onnx', 'int8.onnx'));
  });

  it('turns samples and outputs for a file whose ports are channels last', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [1, 3, 6, 5] });
    const w = b.constant(wave([4, 3, 3, 3], 1), 'w');
    const y = b.op('Conv2D', [b.transpose(x, [0, 2, 3, 1]), w, null], { pads: [1, 1, 1, 1] });
    await save(await writeOnnx(b.finish('first', [b.transpose(y, [0, 3, 1, 2])])), at('first.onnx'));
    const { files } = await quantize(at('first.onnx'), { randomCalibration: true, ioLayout: 'nhwc' });
    await save(files.tflite as Uint8Array, at('last.tflite'));
    const data = randomData([{ name: 'x', dtype: 'float32', shape: [1, 3, 6, 5] }], { samples: 4, seed: 7 });
    const { report } = await verify(at('first.onnx'), at('last.tflite'), { data });
    expect(report.outputs[0].sqnr_db).toBeGreaterThan(30);
  });

  it.each(['onnx', 'tflite'])('names the %s file that cannot be run', async (format) => {
    const whole = readFileSync(at(`int8.${format}`));
    writeFileSync(at(`cut.${format}`), whole.subarray(0, whole.length >> 1));
    await expect(verify(at('small.onnx'), at(`cut.${format}`), { data: at('samples.npy') })).rejects.toThrow(`cut.${format}`);
  });
});
