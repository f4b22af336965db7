import { basename, parse } from 'node:path';
import type { Cpu } from '../codegen/boards/cpus.js';
import type { Emulation, LayerTrace, Machine } from '../codegen/boards/qemu/index.js';
import type { CReport, GeneratedC } from '../codegen/c/index.js';
import { DeviceError, UnsupportedError, UsageError } from '../errors.js';
import type { Model, ReadOptions } from '../formats/types.js';
import { bytesOf } from '../ir/tensor.js';
import { didYouMean } from '../suggest.js';
import { type CyclesPerInstruction, cyclesPerInstruction } from './cycles-per-instruction.js';
import { randomInputs } from './inputs.js';
import { macsByLayer } from './macs.js';
import { reasonsOf } from './reasons.js';
import type { DeviceResult, LayerShare } from './types.js';

export interface EmulateOnOptions extends ReadOptions {
  /** Clock of the processor, MHz: for a latency; none is given without it. */
  readonly clockMhz?: number;
  /** Counts the instructions of each layer as well, in a second run. Default false. */
  readonly perLayer?: boolean;
  /** Of the random inputs. Default 0. */
  readonly seed?: number;
  /** How long the emulator may run, s; default 300. */
  readonly seconds?: number;
  /** Called once for each warning. */
  readonly onWarning?: (sentence: string) => void;
}

type Emulated = Omit<DeviceResult, 'model' | 'device' | 'runtime' | 'source'>;

/**
 * Runs a model as edgeml's C on an emulated microcontroller: generates, compiles with -O2, counts in QEMU. The same model and seed
 * give the same counts, whatever the machine is doing. Where an operator has no kernel, or the machine's memory is too small, `fits`
 * is false and the reasons say what or by how much.
 * @param core A processor that QEMU has a machine for: `cortex-m4`, or short `m4`; `rv32`.
 * Throws UsageError for another core or a clock out of range, DeviceError where a compiler or QEMU is missing or takes too long, and
 * what `load` throws.
 */
export async function emulateOn(path: string, core: string, options: EmulateOnOptions = {}): Promise<DeviceResult[]> {
  const [{ load }, { cpuNamed }, qemu] = await Promise.all([
    import('../formats/index.js'),
    import('../codegen/boards/cpus.js'),
    import('../codegen/boards/qemu/index.js'),
  ]);
  const names = qemu.machines.map((m) => m.cpu);
  const name = names.find((n) => n === core.toLowerCase() || n === `cortex-${core.toLowerCase()}`);
  const machine = name === undefined ? undefined : qemu.machineFor(name);
  const cpu = name === undefined ? undefined : cpuNamed(name);
  if (!machine || !cpu) {
    const near = didYouMean(core.startsWith('m') ? `cortex-${core}` : core, names);
    throw new UsageError(`'${core}' is no processor that can be emulated.${near} There are ${names.join(', ')}.`);
  }
  const { clockMhz } = options;
  if (clockMhz !== undefined && !(clockMhz > 0 && Number.isFinite(clockMhz)))
    throw new UsageError(`The clock is ${clockMhz} MHz: it has to be a number above 0.`);
  const missing = await qemu.missingTools(qemu.toolsOf(machine));
  if (missing) throw new DeviceError(`${cpu.name} cannot be emulated: ${missing}`);
  const model = await load(path, options);
  for (const sentence of model.warnings) options.onWarning?.(sentence);
  return [{ model: path, device: cpu.name, runtime: 'edgeml-c', ...(await emulated(model, cpu, machine, options)), source: 'emulated' }];
}

async function emulated(model: Model, cpu: Cpu, machine: Machine, options: EmulateOnOptions): Promise<Emulated> {
  const [{ generateC }, { emulate, OverflowError }] = await Promise.all([
    import('../codegen/c/index.js'),
    import('../codegen/boards/qemu/index.js'),
  ]);
  let program: GeneratedC;
  try {
    program = generateC(model.graph, { name: parse(model.path).name, cpu, source: basename(model.path) });
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return { fits: false, reasons: reasonsOf(error, 'edgeml-c') };
  }
  const { report } = program;
  const tooLarge = { fits: false, ...sizesOf(report) };
  const reasons = excess(report, machine, model.path);
  // The compiler would take long to come to the same end.
  if (reasons.length > 0) return { ...tooLarge, reasons };
  const inputs = [(await randomInputs(model, options.seed ?? 0)).map(bytesOf)];
  try {
    const emulation = await emulate(program, machine, { inputs, trace: options.perLayer ?? false, seconds: options.seconds ?? 300 });
    return resultOf(emulation, model, report, machine, options.clockMhz);
  } catch (error) {
    if (!(error instanceof OverflowError)) throw error;
    return { ...tooLarge, reasons: error.sentences };
  }
}

/** What alone is larger than a memory of the machine, a sentence each. */
function excess({ arenaBytes, constantBytes }: CReport, { about, flash, ram }: Machine, path: string): string[] {
  const parts = [
    { what: 'arena', bytes: arenaBytes, memory: 'RAM', room: ram.bytes },
    { what: 'weights and tables', bytes: constantBytes, memory: 'flash', room: flash.bytes },
  ];
  return parts
    .filter(({ bytes, room }) => bytes > room)
    .map(
      ({ what, bytes, memory, room }) =>
        `${path}: the ${what} of ${bytes} bytes ${what === 'arena' ? 'is' : 'are'} ${bytes - room} bytes too large for the ${memory} of ${about} (${room} bytes).`,
    );
}

/** Sizes that are known without a compiler: the least that the model takes. */
const sizesOf = ({ arenaBytes, constantBytes }: CReport): Pick<Emulated, 'ram_bytes' | 'flash_bytes' | 'ram_parts' | 'flash_parts'> => ({
  ram_bytes: arenaBytes,
  ram_parts: [{ what: 'arena', bytes: arenaBytes }],
  flash_bytes: constantBytes,
  flash_parts: [{ what: 'weights and tables', bytes: constantBytes }],
});

function resultOf({ inferences, sizes, layers }: Emulation, model: Model, report: CReport, machine: Machine, clockMhz?: number): Emulated {
  const [{ instructions, stack }] = inferences;
  const statics = sizes.data + sizes.bss;
  const ram = [
    { what: 'arena', bytes: report.arenaBytes },
    { what: 'stack', bytes: stack },
    { what: 'static variables', bytes: statics },
  ];
  const flash = [
    { what: 'weights and tables', bytes: sizes.constants },
    { what: 'code', bytes: sizes.text },
    { what: 'other constants', bytes: sizes.rodata },
  ];
  const sum = (parts: readonly { readonly bytes: number }[]) => parts.reduce((total, { bytes }) => total + bytes, 0);
  const cycles = cyclesPerInstruction(machine.cpu);
  const ms = (count: number, perInstruction: number): number => (count * perInstruction) / ((clockMhz ?? 0) * 1000);
  const clocked = clockMhz === undefined ? undefined : cycles;
  const counted = `Exact instructions of one inference, counted in QEMU (${machine.about}), C compiled with -O2`;
  const macs = macsByLayer(model.graph, new Set(report.layers.map((l) => l.name)));
  return {
    fits: true,
    ...{ ram_bytes: sum(ram), ram_parts: ram, flash_bytes: sum(flash), flash_parts: flash, instructions },
    ...(clocked && {
      latency_ms: { p10: ms(instructions, clocked.p10), p50: ms(instructions, clocked.p50), p90: ms(instructions, clocked.p90) },
    }),
    how: `${counted}; ${derivation(instructions, cycles, clockMhz)}.`,
    ...(layers && {
      layers: countsOf(layers[0], report).map(
        ({ name, operator, count }): LayerShare => ({
          ...{ name, operator, macs: macs.get(name) ?? 0, instructions: count },
          ...(clocked && { ms: ms(count, clocked.p50) }),
        }),
      ),
    }),
  };
}

/** How cycles and a latency follow from instructions, in words. */
function derivation(instructions: number, cycles: CyclesPerInstruction | undefined, clockMhz: number | undefined): string {
  if (!cycles) return 'cycles are not counted, and nothing is known of how many an instruction takes';
  const range = `${cycles.p10} to ${cycles.p90}; from ${cycles.source}`;
  const cyclesSay = `cycles are not counted but derived, instructions x ${cycles.p50} (${range}) = ${Math.round(instructions * cycles.p50)}`;
  return `${cyclesSay}, ${clockMhz === undefined ? 'and there is no latency without a clock' : `and the latency from them at ${clockMhz} MHz`}`;
}

/** Instructions of each layer; one with several outputs was traced once for each. */
const countsOf = (traces: readonly LayerTrace[], { layers }: CReport) =>
  layers.map(({ name, operator }, index) => ({
    ...{ name, operator },
    count: traces.filter((t) => t.index === index).reduce((total, t) => total + t.instructions, 0),
  }));
