import { expect, it } from 'vitest';
import { describeWith, differences, officialC, officialFile, recorded, recordedAnswers, runOnHost } from './harness.js';

// The C twins of the DSP instructions run here: `cortex-m4` names the kernels, not the machine.
const variants = ['portable', 'cortex-m4'];
const compilers = ['gcc', 'clang'];

await describeWith(
  'generated C against TensorFlow Lite Micro, compiled for this machine without a warning',
  { tools: compilers, files: [...recorded.map(officialFile), 'reference/tflm'] },
  () => {
    const cases = recorded.flatMap((task) => variants.flatMap((cpu) => compilers.map((compiler) => [task, cpu, compiler] as const)));
    it.each(cases)('%s for %s with %s: every byte of every output and of every layer', async (task, cpu, compiler) => {
      const { inputs } = recordedAnswers(task);
      expect(inputs).toHaveLength(8);
      const sets = inputs.map((i) => [i]);
      const run = await runOnHost(await officialC(task, cpu), sets, { compiler });
      expect(differences(task, run, inputs.length)).toEqual([]);
    });
  },
);
