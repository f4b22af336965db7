import { UsageError } from '../../../errors.js';
import { cpus } from '../cpus.js';
import { sketchBoards } from './arduino.js';
import { targets as espTargets } from './esp-idf.js';
import { boards as picoBoards } from './pico-sdk.js';
import { boards as platformioBoards } from './platformio.js';
import type { Sdk } from './types.js';

const every = cpus.map((c) => c.name).filter((name) => name !== 'portable');

/** The processors that an SDK has boards of; plain C (`portable`) goes anywhere. The first is taken where none is named. */
const processors: Readonly<Record<Sdk, readonly string[]>> = {
  'esp-idf': Object.keys(espTargets),
  'pico-sdk': Object.keys(picoBoards),
  zephyr: ['cortex-m4', ...every.filter((name) => name !== 'cortex-m4')],
  arduino: Object.keys(sketchBoards),
  platformio: Object.keys(platformioBoards),
  cmake: ['portable', ...every],
};

/** The processor that a project is for where none is named. */
export const usualCpu = (sdk: Sdk): string => processors[sdk][0];

/** Throws UsageError where an SDK has no board with that processor. */
export function checkFit(sdk: Sdk, cpu: string): void {
  if (cpu === 'portable' || processors[sdk].includes(cpu)) return;
  throw new UsageError(`--project ${sdk} has no board with ${cpu}. With it go --cpu ${processors[sdk].join(', ')} and portable.`);
}
