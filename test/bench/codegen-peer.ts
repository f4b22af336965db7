import { readFileSync } from 'node:fs';
import { shared } from '../shared.js';

/** A row of reference/tflm/cortex_m.csv: a model with TensorFlow Lite Micro on a core. */
export interface Peer {
  /** `m4_ref`, `m4_cmsis`, … */
  readonly target: string;
  readonly model: string;
  readonly instructions: number;
  /** Arena, static memory and stack together: `bss` holds the arena. */
  readonly ram: number;
  /** Flash without the model. */
  readonly flash: number;
}

const targets: Readonly<Record<string, { reference?: string; cmsis?: string }>> = {
  'cortex-m0': { reference: 'm0plus_ref', cmsis: 'm0plus_cmsis' },
  'cortex-m0plus': { reference: 'm0plus_ref', cmsis: 'm0plus_cmsis' },
  'cortex-m3': { reference: 'm3_ref' },
  'cortex-m4': { reference: 'm4_ref', cmsis: 'm4_cmsis' },
  'cortex-m7': { cmsis: 'm7_cmsis' },
  'cortex-m55': { cmsis: 'm55_cmsis' },
};

export const peerFile = 'reference/tflm/cortex_m.csv';

export function readPeers(): Peer[] {
  const [header, ...lines] = readFileSync(shared(peerFile), 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const at = (name: string): string => cells[names.indexOf(name)];
    const ram = ['data', 'bss', 'stack'].reduce((sum, name) => sum + Number(at(name)), 0);
    return {
      target: at('target'),
      model: at('model'),
      instructions: Number(at('instructions_per_inference')),
      ram,
      flash: Number(at('flash_without_model')),
    };
  });
}

/** TensorFlow Lite Micro's reference kernels and CMSIS-NN for a model on a processor, where they were measured. */
export function peersOf(peers: readonly Peer[], cpu: string, model: string): { reference?: Peer; cmsis?: Peer } {
  const find = (target?: string) => peers.find((p) => p.target === target && p.model === model);
  return { reference: find(targets[cpu]?.reference), cmsis: find(targets[cpu]?.cmsis) };
}
