import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subject } from './devices.js';
import { stepIn, type Told } from './journal.js';
import { activationIn, finalSteps } from './releases.js';

/** Steps in their order, for tables. */
export const stepOrder = [
  ...['start', 'not begun', 'connect', 'lock', 'send', 'check', 'to the switch', 'before', 'switch', 'after', 'health', 'golden'],
  ...['tidy up', 'waiting', 'ended'],
] as const;

/** What is being done on a device now: what the journal says, and more closely what lies there. */
export function stepOf(subject: Subject, told: Told | undefined, next: string): string {
  if (!told) return 'start';
  const step = stepIn(told, subject.name);
  if (step === 'not begun' || step === 'waiting' || step === 'ended') return step;
  const activation = activationIn(subject.base);
  const switching = activation.get('step');
  if (switching !== undefined && activation.get('digest') === next) return finalSteps.includes(switching) ? 'tidy up' : switching;
  if (existsSync(join(subject.base, 'releases', next))) return 'to the switch';
  return step === 'send' && isWhole(join(subject.base, 'incoming', next, 'tree')) ? 'check' : step;
}

/** Whether a switch has been begun there, and is not known to have come to its end. */
export function isUnconfirmed(subject: Subject, next: string): boolean {
  const activation = activationIn(subject.base);
  return activation.get('digest') === next && !finalSteps.includes(activation.get('step') ?? '');
}

function isWhole(tree: string): boolean {
  try {
    const lines = readFileSync(join(tree, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    return lines.every(
      (line) =>
        createHash('sha256')
          .update(readFileSync(join(tree, line.slice(66))))
          .digest('hex') === line.slice(0, 64),
    );
  } catch {
    // A file is not there yet.
    return false;
  }
}
