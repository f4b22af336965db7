import { readFileSync } from 'node:fs';
import type { Emulation } from '../../src/codegen/boards/qemu/index.js';
import type { GeneratedC } from '../../src/codegen/c/index.js';
import { allValues, type Graph, isConstant } from '../../src/ir/graph.js';
import { byteSize } from '../../src/ir/types.js';
import { shared } from '../shared.js';
import { type Peer, peersOf } from './codegen-peer.js';

/** Targets: instructions as parts of CMSIS-NN's on M4 and of the reference kernels' on M3, RAM as a part of the smaller build's, bytes of flash. */
const limits = { cmsisOnM4: 1, referenceOnM3: 0.6, ram: 0.75, flash: 16384 };

/** MLPerf Tiny models by task. */
export const tasks: Readonly<Record<string, string>> = {
  kws: 'kws_dscnn',
  ic: 'ic_resnet8',
  ad: 'ad_autoencoder',
  vww: 'vww_mobilenet',
  sww: 'sww_conv',
};

/** Tasks of which TensorFlow Lite Micro's answers are recorded. */
export const recorded = ['kws', 'ic', 'ad'];

/** A model on a processor. Sizes are in bytes. */
export interface Row {
  readonly model: string;
  readonly cpu: string;
  readonly instructions: number;
  readonly arena: number;
  readonly stack: number;
  readonly static: number;
  readonly code: number;
  readonly tables: number;
  readonly weights: number;
  /** Whether the first output is that of TensorFlow Lite Micro; absent where that is not recorded, which is for double rounding. */
  readonly equal?: boolean;
  readonly reference?: Peer;
  readonly cmsis?: Peer;
}

export const ram = (row: Row): number => row.arena + row.stack + row.static;
/** Flash without the weights: code, and constants beyond the weights and biases of the file: multipliers, parameters, tables, padding. */
export const flash = (row: Row): number => row.code + row.tables;

/** Weights, biases and other constants of a model, as its file has them. */
const weightBytes = (graph: Graph): number => allValues(graph).reduce((sum, v) => sum + (isConstant(v) ? byteSize(v) : 0), 0);

export function rowOf(
  model: string,
  cpu: string,
  graph: Graph,
  { report }: GeneratedC,
  { inferences, sizes }: Emulation,
  peers: readonly Peer[],
): Row {
  const weights = weightBytes(graph);
  const answers = `reference/tflm/${tasks[model]}/out_0.bin`;
  return {
    model,
    cpu,
    instructions: inferences[0].instructions,
    arena: report.arenaBytes,
    stack: inferences[0].stack,
    static: sizes.data + sizes.bss,
    code: sizes.text + sizes.rodata,
    tables: sizes.constants - weights,
    weights,
    ...(recorded.includes(model) &&
      report.rounding === 'double' && { equal: readFileSync(shared(answers)).equals(inferences[0].outputs[0]) }),
    ...peersOf(peers, cpu, tasks[model]),
  };
}

/** The smaller of TensorFlow Lite Micro's builds for the core. */
export const peerRam = ({ reference, cmsis }: Row): number | undefined => {
  const all = [reference?.ram, cmsis?.ram].filter((n) => n !== undefined);
  return all.length > 0 ? Math.min(...all) : undefined;
};

/** The targets that the row is held to, each met or not. */
export function verdicts(row: Row): string[] {
  const told = (what: string, met: boolean) => `${what} ${met ? 'met' : 'NOT MET'}`;
  const found: string[] = [];
  if (row.equal !== undefined) found.push(row.equal ? 'same bytes' : 'WRONG BYTES');
  if (row.cpu === 'cortex-m4' && row.cmsis) found.push(told('speed', row.instructions <= limits.cmsisOnM4 * row.cmsis.instructions));
  if (row.cpu === 'cortex-m3' && row.reference)
    found.push(told('speed', row.instructions <= limits.referenceOnM3 * row.reference.instructions));
  const peer = peerRam(row);
  if (peer) found.push(told('RAM', ram(row) <= limits.ram * peer));
  if (row.model === 'kws' || row.model === 'ic') found.push(told('flash', flash(row) <= limits.flash));
  return found;
}
