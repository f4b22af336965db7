import { expect, it } from 'vitest';
import {
  describeWith,
  differences,
  officialC,
  officialFile,
  officials,
  randomBytes,
  recorded,
  runOnHost,
  sanitizers,
  strict,
  type Task,
} from './harness.js';

const tasks = Object.keys(officials) as Task[];

await describeWith(
  'generated C under the address and undefined-behaviour sanitizers',
  { tools: ['gcc'], files: tasks.map(officialFile) },
  () => {
    const cases = tasks.flatMap((task) => ['portable', 'cortex-m4'].map((cpu) => [task, cpu] as const));
    it.each(cases)('%s for %s runs without a finding', async (task, cpu) => {
      const program = await officialC(task, cpu);
      const [{ bytes }] = program.report.inputs;
      // Extremes as well as noise: accumulators and table indices reach their ends.
      const inputs = [randomBytes(bytes, 0), randomBytes(bytes, 1), new Uint8Array(bytes).fill(0x80), new Uint8Array(bytes).fill(0x7f)];
      const run = await runOnHost(
        program,
        inputs.map((i) => [i]),
        { flags: [...strict, ...sanitizers] },
      );
      expect(run.outputs).toHaveLength(inputs.length);
      const known = recorded.find((r) => r === task);
      if (known) {
        const recordedOnly = { outputs: run.outputs.slice(0, 2), layers: run.layers.slice(0, 2) };
        expect(differences(known, recordedOnly, 2)).toEqual([]);
      }
    });
  },
);
