import { expect, it } from 'vitest';
import { emulate, machines, toolsOf } from '../../src/codegen/boards/qemu/index.js';
import { describeWith, differences, officialC, officialFile, recorded, recordedAnswers, strict } from './harness.js';

const tools = [...new Set(machines.flatMap(toolsOf))];
// Of the two names for Armv6-M one is run: the machine and the instructions are the same.
const cores = machines.filter((m) => m.cpu !== 'cortex-m0plus');

await describeWith(
  'generated C against TensorFlow Lite Micro, on emulated microcontrollers',
  { tools, files: [...recorded.map(officialFile), 'reference/tflm'] },
  () => {
    const cases = cores.flatMap((machine) => recorded.map((task) => [task, machine.cpu, machine] as const));
    it.each(cases)('%s on %s: every byte of the outputs and of every layer, compiled without a warning', async (task, cpu, machine) => {
      // Two of the inputs of ic: on the smallest core eight take ten seconds.
      const inputs = recordedAnswers(task).inputs.slice(0, task === 'ic' ? 2 : 8);
      const options = { inputs: inputs.map((i) => [i]), trace: true, flags: [...strict, '-O2'] };
      const { inferences, layers = [] } = await emulate(await officialC(task, cpu), machine, options);
      expect(differences(task, { outputs: inferences.map((i) => i.outputs), layers }, inputs.length)).toEqual([]);
    });
  },
);
