import { expect, it } from 'vitest';
import { emulate, type Machine, machineFor, machines, toolsOf } from '../../src/codegen/boards/qemu/index.js';
import type { Rounding } from '../../src/codegen/c/program.js';
import {
  describeWith,
  differences,
  officialC,
  officialFile,
  officials,
  randomBytes,
  recorded,
  recordedAnswers,
  runDifferences,
  runOnHost,
  strict,
  type Task,
} from './harness.js';

const tools = [...new Set(machines.flatMap(toolsOf)), 'gcc'];
// Of the two names for Armv6-M one is run: the machine and the instructions are the same.
const cores = machines.filter((m) => m.cpu !== 'cortex-m0plus');

await describeWith(
  'generated C against TensorFlow Lite Micro, on emulated microcontrollers',
  { tools, files: [...Object.keys(officials).map((t) => officialFile(t as Task)), 'reference/tflm'] },
  () => {
    const cases = cores.flatMap((machine) => recorded.map((task) => [task, machine.cpu, machine] as const));
    it.each(cases)('%s on %s: every byte of the outputs and of every layer, compiled without a warning', async (task, cpu, machine) => {
      // Two of the inputs of ic: on the smallest core eight take ten seconds.
      const inputs = recordedAnswers(task).inputs.slice(0, task === 'ic' ? 2 : 8);
      const options = { inputs: inputs.map((i) => [i]), trace: true, flags: [...strict, '-O2'] };
      const { inferences, layers = [] } = await emulate(await officialC(task, cpu), machine, options);
      expect(differences(task, { outputs: inferences.map((i) => i.outputs), layers }, inputs.length)).toEqual([]);
    });

    const others: readonly (readonly [Task, Rounding, string])[] = [
      ['vww', 'double', 'cortex-m55'],
      ['sww', 'double', 'cortex-m4'],
      ['kws', 'single', 'cortex-m0'],
      ['kws', 'single', 'cortex-m4'],
      ['kws', 'single', 'cortex-m55'],
      ['ic', 'single', 'cortex-m55'],
    ];
    it.each(others)('%s with %s rounding on %s: the bytes of portable C on this machine', async (task, rounding, cpu) => {
      const machine = machineFor(cpu) as Machine;
      const program = await officialC(task, cpu, { rounding });
      const inputs = [[randomBytes(program.report.inputs[0].bytes, 0)]];
      const { inferences, layers = [] } = await emulate(program, machine, { inputs, trace: true });
      const host = await runOnHost(await officialC(task, 'portable', { rounding }), inputs);
      expect(runDifferences({ outputs: inferences.map((i) => i.outputs), layers }, host)).toEqual([]);
    });
  },
);
