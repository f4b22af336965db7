import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeviceError } from '../../../errors.js';

/** A tensor of the caller in the arena, in bytes. */
export interface ProgramPort {
  readonly bytes: number;
  readonly offset: number;
}

/** Generated C of one model: what `generateC` gives. */
export interface CProgram {
  /** Text by relative path. */
  readonly files: ReadonlyMap<string, string>;
  readonly report: {
    /** The C identifier of `<name>.c`, `<name>.h`, `<name>_run`, `<NAME>_ARENA_BYTES`. */
    readonly name: string;
    readonly inputs: readonly ProgramPort[];
    readonly outputs: readonly ProgramPort[];
  };
}

/** The folder of the measuring program's C. */
export const firmware = fileURLToPath(new URL('firmware', import.meta.url));

/** The file that describes the model to firmware/measure.c. */
export const glueFile = 'edgeml_glue.c';

/** The text of {@link glueFile}. */
export function glueText({ name, inputs, outputs }: CProgram['report']): string {
  const ports = (list: readonly ProgramPort[]) => list.map((p) => `{${p.offset}u, ${p.bytes}u}`).join(', ');
  return `#include "${name}.h"
#include "model.h"

static uint8_t arena[${name.toUpperCase()}_ARENA_BYTES + 1] __attribute__((aligned(16)));
uint8_t *const edgeml_arena = arena;
const edgeml_port edgeml_inputs[] = {${ports(inputs)}};
const edgeml_port edgeml_outputs[] = {${ports(outputs)}};
const uint32_t edgeml_input_count = ${inputs.length};
const uint32_t edgeml_output_count = ${outputs.length};

void edgeml_infer(void) {
  ${name}_run(arena);
}
`;
}

/** Writes the program and its glue into a folder. Throws Error where a path of the program leaves the folder. */
export function writeProgram(program: CProgram, folder: string): void {
  for (const [path, text] of [...program.files, [glueFile, glueText(program.report)]]) {
    if (normalize(path).startsWith('..')) throw new Error(`The generated file '${path}' would be written outside its folder.`);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The flag that makes a model call firmware/measure.c after each layer. */
export const traceFlag = (program: CProgram): string => `-D${program.report.name.toUpperCase()}_TRACE=edgeml_trace`;

/** A tensor that a layer wrote. */
export interface LayerTrace {
  readonly index: number;
  readonly name: string;
  /** Instructions since the tensor before it, exact but for the few that pass the arguments of the trace. */
  readonly instructions: number;
  /** Row-major. */
  readonly tensor: Uint8Array;
}

/** One inference. */
export interface Inference {
  readonly outputs: readonly Uint8Array[];
  readonly instructions: number;
  /** Bytes of stack that the inference used, from its caller's frame down; 0 where that is not measured. */
  readonly stack: number;
}

const overflow = 2 ** 32 - 1;

/** A count as firmware/measure.c writes it. */
function counted(instructions: number): number {
  if (instructions < overflow) return instructions;
  throw new DeviceError('The model runs for more instructions than the timer of the emulated machine can count.');
}

const words = (bytes: Uint8Array, at: number, count: number): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4 * count);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
};

/** Writes the file `in`: sets of inputs, one after the other. Throws Error where the number of bytes does not fit the model. */
export function writeInputs(program: CProgram, sets: readonly (readonly Uint8Array[])[], folder: string): void {
  const wanted = program.report.inputs.map((p) => p.bytes);
  for (const set of sets) {
    const given = set.map((s) => s.byteLength);
    if (`${given}` !== `${wanted}`) throw new Error(`${program.report.name} takes inputs of ${wanted} bytes; these have ${given}.`);
  }
  writeFileSync(join(folder, 'in'), Buffer.concat(sets.flat()));
}

/** Reads the files `out` and `stats`. Throws DeviceError where a count did not fit its counter. */
export function readInferences(program: CProgram, folder: string): Inference[] {
  const out = readFileSync(join(folder, 'out'));
  const stats = readFileSync(join(folder, 'stats'));
  let at = 0;
  return Array.from({ length: stats.length / 8 }, (_, i) => {
    const [instructions, stack] = words(stats, 8 * i, 2);
    const outputs = program.report.outputs.map(({ bytes }) => {
      at += bytes;
      return new Uint8Array(out.subarray(at - bytes, at));
    });
    return { outputs, instructions: counted(instructions), stack };
  });
}

/** Reads the file `trace`: the tensors of each inference in the order in which they were written. */
export function readTrace(folder: string): LayerTrace[][] {
  const bytes = readFileSync(join(folder, 'trace'));
  const inferences: LayerTrace[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const [inference, index, instructions, nameBytes, tensorBytes] = words(bytes, at, 5);
    const name = bytes.toString('utf8', at + 20, at + 20 + nameBytes);
    at += 20 + nameBytes + tensorBytes;
    const tensor = new Uint8Array(bytes.subarray(at - tensorBytes, at));
    inferences[inference] ??= [];
    inferences[inference].push({ index, name, instructions: counted(instructions), tensor });
  }
  return inferences;
}
