import { UsageError } from '../errors.js';
import { listRuns } from './journal/runs.js';

/**
 * The name of the bundle that a command is about: the one that was given, else the only one that was ever deployed from here.
 * Throws UsageError where that is none or several, and for a name that no bundle has.
 */
export function nameOr(name: string | undefined, state: string): string {
  if (name !== undefined) {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
    throw new UsageError(`--name: '${name}' is no name of a bundle: letters, digits, . _ and -, at most 64, a letter or digit first.`);
  }
  // What no device ever took is not what anybody asks about.
  const taken = listRuns(state).filter(
    (r) => r.head.kind === 'deploy' && r.devices.some((d) => d.status === 'updated' || d.status === 'unchanged'),
  );
  const names = [...new Set(taken.map((r) => r.head.name))];
  if (names.length === 1) return names[0];
  if (names.length === 0) throw new UsageError(`Which bundle is it about? Nothing was deployed from here (${state}); name it with --name.`);
  throw new UsageError(`Which bundle is it about? Deployed from here were ${names.join(', ')}: name one with --name.`);
}
