import { basename, parse } from 'node:path';
import { type GateError, UsageError } from '../errors.js';
import type { ReadOptions } from '../formats/types.js';
import type { FolderFile } from '../fs/folder.js';
import { didYouMean } from '../suggest.js';
import { type Cpu, cpuNamed, cpus } from './boards/cpus.js';
import { checkFit } from './boards/projects/fit.js';
import type { Sdk } from './boards/projects/types.js';
import type { MainKind } from './c/emit/main.js';
import type { Rounding } from './c/program.js';
import type { SizeGates } from './gates.js';
import type { CodegenReport } from './report.js';
import type { Kernels } from './tflm/types.js';

export interface CodegenOptions extends ReadOptions, SizeGates {
  /** Standalone C99, or what TensorFlow Lite Micro needs. Default 'c'. */
  readonly for?: 'c' | 'tflm';
  /** What files and functions are called. Default: the model's file name. */
  readonly name?: string;
  /** A name of `cpus`. Default 'portable', and in a project what its SDK is mostly for. */
  readonly cpu?: string;
  /** `for: 'c'` only. Default 'double'. */
  readonly rounding?: Rounding;
  /** `for: 'c'` only: adds a main.c. */
  readonly main?: MainKind;
  /** `for: 'tflm'` only. */
  readonly kernels?: Kernels;
  readonly project?: Sdk;
  /** Class names in the order of the outputs. */
  readonly labels?: readonly string[];
}

export interface CodegenResult {
  /** What to write, by path relative to one folder. */
  readonly files: readonly FolderFile[];
  readonly report: CodegenReport;
  /** Set where a size is more than what was asked for; the files should not be written then. */
  readonly gateError?: GateError;
}

/** What a generator works with, whatever it makes. */
export interface Job {
  readonly path: string;
  /** The file's own name, for comments: the output must not depend on where the model lies. */
  readonly file: string;
  readonly name: string;
  readonly options: CodegenOptions;
}

/**
 * Generates C from a model: standalone C99 from any model that edgeml reads, or the sources that TensorFlow Lite Micro needs
 * from a `.tflite`. Nothing is written. The same model and options give the same bytes.
 * Throws UsageError for options that do not go together, ModelError and UnsupportedError for models that cannot be taken.
 */
export async function codegen(path: string, options: CodegenOptions = {}): Promise<CodegenResult> {
  const file = basename(path);
  const job = { path, file, name: options.name ?? parse(file).name, options };
  const { project, cpu, main } = options;
  if (project !== undefined && main !== undefined) {
    throw new UsageError(`--project ${project} has a main of its own: --main is for code without a project. Leave one of them out.`);
  }
  if (project !== undefined && cpu !== undefined) checkFit(project, cpuOf(cpu).name);
  if (options.for === 'tflm') {
    reject(job, { rounding: options.rounding, main: options.main }, 'c');
    return (await import('./tflm-job.js')).tflmJob(job);
  }
  reject(job, { kernels: options.kernels }, 'tflm');
  return (await import('./c-job.js')).cJob(job);
}

/** Options of the other product would be passed over in silence. */
function reject({ file }: Job, given: Readonly<Record<string, unknown>>, other: 'c' | 'tflm'): void {
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new UsageError(`--${name} is for --for ${other}; ${file} was asked for as ${other === 'c' ? 'tflm' : 'c'}. Leave one of them out.`);
}

/** The processor of that name. Throws UsageError for an unknown one. */
export function cpuOf(name: string): Cpu {
  const cpu = cpuNamed(name);
  if (cpu) return cpu;
  const names = cpus.map((c) => c.name);
  throw new UsageError(`'${name}' is no processor that edgeml knows${didYouMean(name, names)} Known are ${names.join(', ')}.`);
}
