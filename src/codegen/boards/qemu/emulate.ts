import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../../errors.js';
import { withScratchFolder } from '../../../fs/scratch.js';
import { cpuNamed } from '../cpus.js';
import { linkerScript } from './linker-script.js';
import type { Machine } from './machines.js';
import {
  type CProgram,
  firmware,
  glueFile,
  type Inference,
  type LayerTrace,
  readInferences,
  readTrace,
  traceFlag,
  writeInputs,
  writeProgram,
} from './program.js';
import { modelSizes, type Sizes } from './sizes.js';
import { runTool } from './tools.js';

export interface EmulateOptions {
  /** Sets of inputs, an inference each. */
  readonly inputs: readonly (readonly Uint8Array[])[];
  /** Also runs the model compiled with its trace, for `layers`. */
  readonly trace?: boolean;
  /** Flags for the model's own code; default `-O2`. */
  readonly flags?: readonly string[];
  /** How long the emulator may run; default 120. */
  readonly seconds?: number;
}

export interface Emulation {
  readonly inferences: readonly Inference[];
  readonly sizes: Sizes;
  /** For each inference the tensors of its layers; only with `trace`. */
  readonly layers?: readonly (readonly LayerTrace[])[];
}

/** A program does not fit the memory of the emulated machine. */
export class OverflowError extends DeviceError {
  /** A sentence for each memory. */
  readonly sentences: readonly string[];
  constructor(name: string, machine: Machine, full: readonly { readonly region: string; readonly bytes: number }[]) {
    const sentences = full.map(({ region, bytes }) => `${name} is ${bytes} bytes too large for the ${region} of ${machine.about}.`);
    super(sentences.join(' '));
    this.sentences = sentences;
  }
}

/** One instruction takes 2^shift ns of the emulated time: with 128 ns a tick of every timer is less than half of it. */
const shift = 7;

/** The tools that a machine needs, for `missingTools`. */
export const toolsOf = (machine: Machine): string[] => [`${crossOf(machine).prefix}gcc`, machine.emulator];

/**
 * Compiles a generated model with a measuring program, runs it in QEMU and reads what it left. Deterministic: instructions are
 * counted by the machine's own timer under `-icount`, and no machine's load changes them. The temporary folder is removed.
 * Throws DeviceError where a tool is missing, the model does not compile or fit, the processor faults or time runs out.
 */
export const emulate = (program: CProgram, machine: Machine, options: EmulateOptions): Promise<Emulation> =>
  withScratchFolder('qemu', async (folder) => {
    writeProgram(program, folder);
    writeInputs(program, options.inputs, folder);
    writeFileSync(join(folder, 'board.ld'), linkerScript(machine));
    const build = builder(program, machine, options.flags ?? ['-O2'], folder);
    await build.firmware();
    await build.model('model', []);
    await run(machine, 'model.elf', folder, options.seconds);
    const inferences = readInferences(program, folder);
    const sizes = await build.sizes('model.o');
    if (!options.trace) return { inferences, sizes };
    await build.model('traced', [traceFlag(program)]);
    await run(machine, 'traced.elf', folder, options.seconds);
    return { inferences, sizes, layers: readTrace(folder) };
  });

const crossOf = (machine: Machine) => {
  const gcc = cpuNamed(machine.cpu)?.gcc;
  if (!gcc) throw new Error(`${machine.cpu} has no cross compiler`);
  return gcc;
};

/** Compiles and links in a folder. */
function builder(program: CProgram, machine: Machine, modelFlags: readonly string[], folder: string) {
  const { prefix, flags } = crossOf(machine);
  const arm = machine.emulator === 'qemu-system-arm';
  const { kind, address, tick } = machine.counter;
  const common = [...flags, ...(arm ? [] : ['--specs=picolibc.specs']), '-std=c99', '-ffunction-sections', '-fdata-sections'];
  const defines = [
    `-DBOARD_COUNTER_${kind}=${address}u`,
    `-DBOARD_TICK_PS=${tick * 1000}u`,
    `-DBOARD_INSTRUCTION_PS=${1000 * 2 ** shift}u`,
  ];
  const gcc = async (args: readonly string[]) => {
    const { status, stderr } = await runTool(`${prefix}gcc`, args, folder);
    if (status === 0) return;
    const full = [...stderr.matchAll(/region `(\w+)' overflowed by (\d+) bytes/g)].map(([, region, bytes]) => ({
      region,
      bytes: Number(bytes),
    }));
    if (full.length > 0) throw new OverflowError(program.report.name, machine, full);
    throw new DeviceError(`${prefix}gcc could not build ${program.report.name} for ${machine.cpu}:\n${stderr.slice(0, 4000)}`);
  };
  const boardFiles = ['measure', 'board', 'counter', arm ? 'start_arm' : 'start_riscv'];
  return {
    firmware: async () => {
      for (const file of boardFiles) {
        await gcc([...common, '-O2', '-ffreestanding', ...defines, '-c', join(firmware, `${file}.c`), '-o', `${file}.o`]);
      }
      await gcc([...common, '-O2', '-I', firmware, '-c', glueFile, '-o', 'glue.o']);
    },
    model: async (name: string, extra: readonly string[]) => {
      await gcc([...common, ...modelFlags, ...extra, '-c', `${program.report.name}.c`, '-o', `${name}.o`]);
      const objects = [...boardFiles.map((f) => `${f}.o`), 'glue.o', `${name}.o`];
      await gcc([...common, '-nostartfiles', '-Wl,--gc-sections', '-T', 'board.ld', ...objects, '-lm', '-o', `${name}.elf`]);
    },
    sizes: (object: string) => modelSizes(prefix, common, object, program.report.name, folder),
  };
}

async function run(machine: Machine, elf: string, folder: string, seconds?: number): Promise<void> {
  const args = ['-nographic', '-monitor', 'none', '-serial', 'none', '-semihosting-config', 'enable=on,target=native'];
  const ended = await runTool(machine.emulator, [...machine.args, ...args, '-icount', `shift=${shift}`, '-kernel', elf], folder, seconds);
  if (ended.status === 0) return;
  const words = `${ended.stderr}${ended.stdout}`.trim().split('\n').slice(0, 5).join('\n');
  throw new DeviceError(
    `The model did not run to its end on ${machine.cpu} (${machine.about}): ${machine.emulator} ended with ${ended.status}. ${words}`,
  );
}
