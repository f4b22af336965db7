import { spawnSync } from 'node:child_process';

/** The program whose files these are; it judges in both directions. Where it is missing, says so, and in CI that is a failure. */
export const hasMinisign = spawnSync('minisign', ['-v']).status === 0;
if (!hasMinisign) {
  const how = 'apt-get install minisign';
  if (process.env.CI === 'true') throw new Error(`There is no minisign: ${how}`);
  console.warn(`skipped: tests against minisign itself (${how})`);
}

export interface Outcome {
  readonly status: number | null;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** Runs minisign in a folder. Passwords are lines of its input. */
export function minisign(folder: string, args: readonly string[], ...passwords: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync('minisign', args, {
    cwd: folder,
    input: passwords.map((p) => `${p}\n`).join(''),
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}
