import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../../errors.js';
import { runTool } from './tools.js';

/** What a model takes of a processor's memory, bytes. */
export interface Sizes {
  /** Instructions, those of the library functions that it calls (memcpy, division, expf) included. */
  readonly text: number;
  /** Constants that are the model's: weights, tables, parameters. */
  readonly constants: number;
  /** Other constants, of kernels and library functions, and initial values of variables. */
  readonly rodata: number;
  /** Initialised and zeroed variables; the arena is the caller's and not counted. */
  readonly data: number;
  readonly bss: number;
  /** The model's constants by symbol. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** Keeps what the default scripts of the C libraries put together apart. */
const script = `SECTIONS {
  .text : { *(.text .text.*) }
  .rodata : { *(.rodata .rodata.* .srodata .srodata.*) }
  .ARM.exidx : { *(.ARM.exidx* .ARM.extab*) }
  .data : { *(.sdata .sdata.* .data .data.* .tdata .tdata.*) }
  .bss : { *(.sbss .sbss.* .bss .bss.* .tbss .tbss.* COMMON) }
  /DISCARD/ : { *(.eh_frame*) }
}
`;

/**
 * Sizes of a model alone: its object file linked with nothing but the libraries it needs, everything that its function does
 * not reach left out, measured with `size -A` and `nm -S`. Constants count as the model's where their symbol has its prefix.
 * @param object The object file, compiled with -ffunction-sections -fdata-sections, below `folder`.
 * Throws DeviceError where a tool is missing or fails.
 */
export async function modelSizes(prefix: string, flags: readonly string[], object: string, name: string, folder: string): Promise<Sizes> {
  const elf = `${name}_alone.elf`;
  writeFileSync(join(folder, 'alone.ld'), script);
  const alone = [...flags, '-nostartfiles', '-T', 'alone.ld', '-Wl,--gc-sections', `-Wl,-e,${name}_run`, object, '-lm', '-o', elf];
  await succeed(`${prefix}gcc`, alone, folder);
  const sections = parseSections(await succeed(`${prefix}size`, ['-A', elf], folder));
  const symbols = parseSymbols(await succeed(`${prefix}nm`, ['-S', elf], folder), `${name}_`);
  const total = (section: string) => sections.get(section) ?? 0;
  const constants = [...symbols.values()].reduce((a, b) => a + b, 0);
  return {
    text: total('.text'),
    constants,
    rodata: total('.rodata') + total('.ARM.exidx') + total('.data') - constants,
    data: total('.data'),
    bss: total('.bss'),
    symbols,
  };
}

async function succeed(tool: string, args: readonly string[], folder: string): Promise<string> {
  const { status, stdout, stderr } = await runTool(tool, args, folder);
  if (status !== 0) throw new DeviceError(`${tool} ended with ${status}:\n${stderr.slice(0, 4000)}`);
  return stdout;
}

/** Lines `.text   1234   65536` of `size -A`. */
const parseSections = (text: string): Map<string, number> =>
  new Map([...text.matchAll(/^(\.\S+)\s+(\d+)\s+\d+$/gm)].map(([, section, bytes]) => [section, Number(bytes)]));

/** Lines `address size r symbol` of `nm -S`, of constants and initialised variables. */
const parseSymbols = (text: string, prefix: string): Map<string, number> =>
  new Map(
    [...text.matchAll(/^[\da-f]+ ([\da-f]+) [rRdDgG] (\S+)$/gm)]
      .filter(([, , symbol]) => symbol.startsWith(prefix))
      .map(([, size, symbol]) => [symbol, Number.parseInt(size, 16)]),
  );
