import type { GateError } from '../../errors.js';
import type { Gates } from '../../quantize/gates.js';
import { percent } from './text.js';

/** Gates in a JSON document. */
export interface GateReport {
  /** Share of 1. */
  readonly max_drop?: number;
  /** dB. */
  readonly min_sqnr?: number;
  readonly met: boolean;
  /** One sentence per gate and output that is not met. */
  readonly failures: readonly string[];
}

/** What is said of gates that are met; those that are not end the command with an error of their own. */
export function gateLine({ max_drop: drop, min_sqnr: sqnr }: GateReport): string {
  const parts = [drop !== undefined && `--max-drop ${percent(drop)}`, sqnr !== undefined && `--min-sqnr ${sqnr} dB`];
  return `met: ${parts.filter(Boolean).join(', ')}`;
}

export const gateReport = ({ maxDrop, minSqnr }: Gates, error: GateError | undefined): GateReport => ({
  ...(maxDrop !== undefined && { max_drop: maxDrop }),
  ...(minSqnr !== undefined && { min_sqnr: minSqnr }),
  met: error === undefined,
  failures: error ? error.message.split('\n') : [],
});
