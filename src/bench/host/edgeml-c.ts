import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuNamed } from '../../codegen/boards/cpus.js';
import { runTool } from '../../codegen/boards/qemu/index.js';
import { firmware, glueFile, traceFlag, writeInputs, writeProgram } from '../../codegen/boards/qemu/program.js';
import { type GeneratedC, generateC } from '../../codegen/c/index.js';
import { DeviceError, ModelError } from '../../errors.js';
import type { Model } from '../../formats/types.js';
import { allValues, type Graph, isConstant } from '../../ir/graph.js';
import { bytesOf } from '../../ir/tensor.js';
import { byteSize } from '../../ir/types.js';
import type { NamedInput } from '../inputs.js';
import { macsByLayer } from '../macs.js';
import type { LayerShare } from '../types.js';
import type { Effort } from './protocol.js';
import { middleMean } from './statistics.js';

/** Weights of more bytes are more text than a compiler takes in a minute. */
const mostWeights = 2 ** 24;
/** Inferences whose layers are timed. */
const tracedRuns = 20;
const flags = ['-O3', '-std=c99', '-ffunction-sections', '-fdata-sections'];
/** Constants and functions that nothing uses are left out of the program. */
const linkFlags = process.platform === 'darwin' ? ['-Wl,-dead_strip'] : ['-Wl,--gc-sections', '-s'];

export interface CTimings {
  /** "gcc (Debian 12.2.0-14) 12.2.0 -O3". */
  readonly version: string;
  readonly milliseconds: Float64Array;
  readonly warmUp: number;
  /** Peak resident memory of the program, bytes; 0 where the system does not tell. */
  readonly peak: number;
  readonly program: GeneratedC['report'];
  /** Bytes of the program file. */
  readonly size: number;
  readonly layers?: readonly LayerShare[];
}

/** The C compiler that would be used: `CC`, or `cc`; and its name and version. undefined where it cannot be run. */
export async function findCompiler(): Promise<{ readonly command: string; readonly version: string } | undefined> {
  const command = process.env.CC || 'cc';
  try {
    const { status, stdout } = await runTool(command, ['--version'], '.', 20);
    return status === 0 ? { command, version: stdout.split('\n')[0].trim() } : undefined;
  } catch (error) {
    if (error instanceof DeviceError) return undefined;
    throw error;
  }
}

/**
 * Generates C from the model, compiles it with the machine's compiler in a folder and times it there.
 * Throws UnsupportedError with every node that no kernel takes; ModelError where the C does not compile or run; DeviceError where
 * it takes too long.
 */
export async function timeC(
  model: Model,
  inputs: readonly NamedInput[],
  effort: Effort & { readonly perLayer: boolean },
  compiler: { readonly command: string; readonly version: string },
  folder: string,
): Promise<CTimings> {
  const cpu = cpuNamed('portable');
  if (!cpu) throw new Error('there is no portable processor');
  const weights = allValues(model.graph).reduce((sum, v) => sum + (isConstant(v) ? byteSize(v) : 0), 0);
  if (weights > mostWeights)
    throw new ModelError(
      `The weights of ${model.path} take ${weights} bytes; C with more than ${mostWeights} is not compiled for a measurement.`,
    );
  const program = generateC(model.graph, { name: 'measured', cpu, source: model.path });
  writeProgram(program, folder);
  writeInputs(program, [inputs.map(bytesOf)], folder);
  const timing = fileURLToPath(new URL('timing.c', import.meta.url));
  const sources = [`${program.report.name}.c`, glueFile, timing];
  const built = await runTool(
    compiler.command,
    [...flags, traceFlag(program), '-I', firmware, '-I', '.', ...sources, ...linkFlags, '-lm', '-o', 'timing'],
    folder,
    600,
  );
  if (built.status !== 0) throw new ModelError(`${compiler.command} could not build the C of the model:\n${built.stderr.slice(0, 4000)}`);
  const file = join(folder, 'timing');
  const args = [effort.runs, effort.seconds, effort.limit, effort.perLayer ? tracedRuns : 0].map(String);
  const ended = await runTool(file, args, folder, 2 * effort.limit + 60);
  if (ended.status !== 0) throw new ModelError(`The compiled C of the model did not run to its end (it ended with ${ended.status}).`);
  return {
    version: `${compiler.version} ${flags[0]}`,
    ...read(ended.stdout, program.report, model.graph, effort.perLayer),
    program: program.report,
    size: statSync(file).size,
  };
}

/** What timing.c printed. */
function read(text: string, report: GeneratedC['report'], graph: Graph, perLayer: boolean) {
  const all = (word: string): number[][] =>
    [...text.matchAll(new RegExp(`^${word} (\\d+)(?: (\\d+))?$`, 'gm'))].map(([, ...numbers]) => numbers.map(Number));
  const macs = macsByLayer(graph, new Set(report.layers.map((l) => l.name)));
  const [[runs]] = all('traced');
  const traced = report.layers.map((): number[] => []);
  for (const [index, ns] of all('layer')) traced[index].push(ns);
  const layers = report.layers.flatMap(({ name, operator }, i): LayerShare[] => {
    const each = traced[i];
    // A layer with several outputs is traced once for each of them.
    const perRun = each.length / runs;
    return each.length === 0 ? [] : [{ name, operator, macs: macs.get(name) ?? 0, ms: (perRun * middleMean(each)) / 1e6 }];
  });
  const [[peak]] = all('peak');
  const [[warmUp]] = all('warm');
  return { milliseconds: Float64Array.from(all('run'), ([ns]) => ns / 1e6), warmUp, peak, ...(perLayer && { layers }) };
}
