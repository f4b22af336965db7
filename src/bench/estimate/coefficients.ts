import { readFileSync } from 'node:fs';
import type { RuntimeName } from '../types.js';
import { type Term, terms, type Work } from './work.js';

/** What `npm run bench:fit` found. */
export interface Coefficients {
  /** Instructions for each unit of work, by `runtime/processor`. */
  readonly tables: Readonly<Record<string, Readonly<Record<Term, number>>>>;
  /** Cycles for each instruction, of cores with published results. */
  readonly cores: Readonly<Record<string, { readonly cyclesPerInstruction: number; readonly rows: number }>>;
  /** Cores with published results for callers of CMSIS-NN. */
  readonly cmsisCores: readonly string[];
  /** The part of the flash's wait that is not hidden. */
  readonly fetch: number;
  /** Published rows behind it all. */
  readonly rows: number;
  /** How far to both sides eight of ten rows lie that were held out, as logarithms. */
  readonly ranges: Readonly<Record<'task' | 'board' | 'engine', { readonly width: number; readonly coverage: number }>>;
}

let read: Coefficients | undefined;

export function coefficients(): Coefficients {
  read ??= JSON.parse(readFileSync(new URL('./coefficients.json', import.meta.url), 'utf8')) as Coefficients;
  return read;
}

/** Processors whose instructions were counted, for those that were not. */
const standIns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'edgeml-c': { 'cortex-m0': 'cortex-m0plus', esp32: 'rv32', esp32s3: 'rv32', portable: 'rv32' },
  tflm: { 'cortex-m0': 'cortex-m0plus', 'cortex-m7': 'cortex-m4', 'cortex-m33': 'cortex-m4', 'cortex-m55': 'cortex-m4' },
  'tflm-cmsis-nn': { 'cortex-m0': 'cortex-m0plus', 'cortex-m3': 'cortex-m0plus', 'cortex-m33': 'cortex-m4' },
};

/** Instructions for each unit of work of a runtime on a processor of codegen's names. */
export function tableOf(runtime: RuntimeName, cpu: string): Readonly<Record<Term, number>> {
  const { tables } = coefficients();
  // ESP-NN's kernels are built like CMSIS-NN's; where neither was counted, plain C is taken for Cortex-M3's.
  if (runtime === 'tflm-esp-nn') return tables['tflm-cmsis-nn/cortex-m4'];
  return tables[`${runtime}/${standIns[runtime]?.[cpu] ?? cpu}`] ?? tables[`${runtime}/cortex-m3`];
}

export const instructionsOf = (work: Work, table: Readonly<Record<Term, number>>): number =>
  terms.reduce((sum, term) => sum + (work[term] ?? 0) * table[term], 0);
