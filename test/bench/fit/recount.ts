import { writeFileSync } from 'node:fs';
import { cpuNamed } from '../../../src/codegen/boards/cpus.js';
import { emulate, machineFor } from '../../../src/codegen/boards/qemu/index.js';
import { generateC } from '../../../src/codegen/c/index.js';
import { load } from '../../../src/formats/index.js';
import { byteSize } from '../../../src/ir/types.js';
import { shared } from '../../shared.js';
import { countsFile } from './instructions.js';
import { files } from './tasks.js';

const cpus = ['cortex-m0plus', 'cortex-m3', 'cortex-m4', 'cortex-m7', 'cortex-m33', 'cortex-m55', 'rv32'];

/** Counts the instructions of each layer of edgeml's C in QEMU and keeps them beside the fit. Takes minutes. */
export async function recount(): Promise<void> {
  const counts: Record<string, Record<string, number[]>> = {};
  for (const [task, file] of Object.entries(files)) {
    const { graph } = await load(shared(`models/mlperf-tiny/${file}_int8_official.tflite`));
    const inputs = [graph.inputs.map((v) => Uint8Array.from({ length: byteSize(v) }, (_, i) => (i * 37) & 255))];
    counts[task] = {};
    for (const name of cpus) {
      const [cpu, machine] = [cpuNamed(name), machineFor(name)];
      if (!cpu || !machine) throw new Error(`${name} is no emulated processor`);
      const { layers } = await emulate(generateC(graph, { name: task, cpu }), machine, { inputs, trace: true });
      counts[task][name] = (layers?.[0] ?? []).map((l) => l.instructions);
      console.log(`${task} on ${name}: ${counts[task][name].reduce((a, b) => a + b, 0)} instructions`);
    }
  }
  writeFileSync(countsFile, `${JSON.stringify(counts)}\n`);
}
