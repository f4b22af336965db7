import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** The evaluation material beside the project: `EDGEML_SHARED`, or `../shared`. */
export const sharedRoot = resolve(projectRoot, process.env.EDGEML_SHARED ?? '../shared');

export const shared = (path: string): string => join(sharedRoot, path);

/** Why tests that need this file or folder are skipped; undefined where it is there. Printed once for each call. */
export function missing(path: string): string | undefined {
  if (existsSync(shared(path))) return undefined;
  const reason = `skipped: ${shared(path)} is absent (set EDGEML_SHARED to the folder of evaluation material)`;
  console.warn(reason);
  return reason;
}
