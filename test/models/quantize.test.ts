import { describe, expect, it } from 'vitest';
import { toNumbers } from '../../src/ir/tensor.js';
import { sameShape } from '../../src/ir/types.js';
import { quantize } from '../../src/quantize/index.js';
import { litert } from '../../src/runtime/litert.js';
import { onnxruntime } from '../../src/runtime/onnxruntime.js';
import type { Runtime } from '../../src/runtime/types.js';
import { missing, shared } from '../shared.js';
import { floatModels, loadModel, quantizedModels, randomInputs } from './models.js';

const absent = missing('models');

async function runOnNoise(runtime: Runtime, file: Uint8Array): Promise<void> {
  const session = await runtime.load(file);
  try {
    const outputs = await session.run(randomInputs(session.inputs, 3));
    outputs.forEach((t, i) => {
      expect(sameShape(t.shape, session.outputs[i].shape)).toBe(true);
      expect(Array.from(toNumbers(t)).every(Number.isFinite)).toBe(true);
    });
  } finally {
    await session.close();
  }
}

describe.skipIf(absent)('int8 quantization of real models, calibrated with noise', () => {
  it.each(floatModels)('$path runs in both runtimes and resembles the float model', async (model) => {
    const { files, report } = await quantize(await loadModel(model), {
      randomCalibration: true,
      ranges: 'minmax',
      adaptiveRounding: false,
      to: ['tflite', 'onnx'],
      data: { samples: 4, seed: 1 },
    });
    await runOnNoise(litert, files.tflite as Uint8Array);
    await runOnNoise(await onnxruntime(), files.onnx as Uint8Array);
    expect((files.tflite as Uint8Array).length).toBeLessThan(report.model.size);
    for (const { outputs } of report.files) {
      // Scores that are all but 0 on noise have nothing to resemble; some output always has.
      const best = Math.max(...outputs.map((o) => o.sqnr_db ?? Number.POSITIVE_INFINITY));
      if (!model.undecided) expect(best).toBeGreaterThan(5);
    }
    expect(report.warnings.join('\n')).toMatch(/RANDOM NOISE/);
  });

  it.each(quantizedModels)('%s is refused: it is quantized already', async (path) => {
    await expect(quantize(shared(`models/${path}`), { randomCalibration: true })).rejects.toThrow(/quantized already/);
  });
});
