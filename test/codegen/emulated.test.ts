import { expect, it } from 'vitest';
import { emulate, machines, toolsOf } from '../../src/codegen/boards/qemu/index.js';
import { describeWith, differences, officialC, officialFile, recorded, recordedAnswers } from './harness.js';

const tools = [...new Set(machines.flatMap(toolsOf))];
// Of the two names for Armv6-M one is run: the machine and the instructions are the same.
const cores = machines.filter((m) => m.cpu !== 'cortex-m0plus');

await describeWith(
  'generated C against TensorFlow Lite Micro, on emulated microcontrollers',
  { tools, files: [...recorded.map(officialFile), 'reference/tflm'] },
  () => {
    const cases = cores.flatMap((machine) => recorded.map((task) => [task, machine.cpu, machine] as const));
    it.each(cases)('%s on %s: every byte of two outputs and of every layer', async (task, cpu, machine) => {
      const inputs = recordedAnswers(task).inputs.slice(0, 2);
      const { inferences, layers = [] } = await emulate(await officialC(task, cpu), machine, {
        inputs: inputs.map((i) => [i]),
        trace: true,
      });
      expect(differences(task, { outputs: inferences.map((i) => i.outputs), layers }, inputs.length)).toEqual([]);
    });
  },
);
