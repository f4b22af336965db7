import { expect, it } from 'vitest';
import { generateC } from '../../src/codegen/c/index.js';
import { load, quantize } from '../../src/index.js';
import { litert } from '../../src/runtime/litert.js';
import { shared } from '../shared.js';
import { describeWith, processor, randomBytes, runDifferences, runOnHost, sanitizers, strict, withModelFile } from './harness.js';

/**
 * Models of other families, quantized here with noise: what matters is that the C does what the file says.
 * `percent` and `steps` are how far LiteRT's outputs may be from those of single rounding, which has XNNPACK's rounding in
 * integers where XNNPACK multiplies floats: some three sums in a million come out a step apart, and in a deep network each of
 * them moves many of the outputs behind it (measured: 5 of 10 logits by up to 2; 0 and 16 % of the boxes by up to 10).
 */
const zoo = [
  { file: 'models/zoo/resnet20_cifar10.onnx', percent: 50, steps: 2 },
  { file: 'models/zoo/face_detection_short_range.tflite', percent: 20, steps: 10 },
];

await describeWith(
  'other models as int8 C, under the sanitizers and against LiteRT',
  { tools: ['gcc'], files: zoo.map((z) => z.file) },
  () => {
    it.each(zoo.map((z) => [z.file, z] as const))('%s', async (file, { percent, steps }) => {
      const { files } = await quantize(shared(file), { randomCalibration: true, adaptiveRounding: false });
      const bytes = files.tflite as Uint8Array;
      const { graph } = await withModelFile(bytes, load);
      const c = (cpu: string, rounding: 'double' | 'single') => generateC(graph, { name: 'zoo', cpu: processor(cpu), rounding });
      const inputs = [0, 1].map((i) => [randomBytes(c('portable', 'double').report.inputs[0].bytes, i)]);
      const plain = await runOnHost(c('portable', 'double'), inputs, { flags: [...strict, ...sanitizers] });
      const dsp = await runOnHost(c('cortex-m4', 'double'), inputs, { flags: [...strict, ...sanitizers] });
      expect(runDifferences(dsp, plain)).toEqual([]);
      const single = await runOnHost(c('portable', 'single'), inputs);
      const session = await litert.load(bytes);
      try {
        for (const [i, [input]] of inputs.entries()) {
          const expected = await session.run([{ dtype: 'int8', shape: session.inputs[0].shape, data: new Int8Array(input.buffer) }]);
          for (const [k, { data }] of expected.entries()) {
            const actual = new Int8Array(single.outputs[i][k].buffer);
            const apart = [...actual.keys()].map((j) => Math.abs(actual[j] - Number(data[j]))).filter((d) => d > 0);
            const told = `output ${k}: ${apart.length} of ${actual.length} differ, by up to ${Math.max(0, ...apart)}`;
            expect((100 * apart.length) / actual.length, told).toBeLessThanOrEqual(percent);
            expect(Math.max(0, ...apart), told).toBeLessThanOrEqual(steps);
          }
        }
      } finally {
        await session.close();
      }
    });
  },
);
