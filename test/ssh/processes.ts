import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly args: string;
}

/** All processes of this machine; small images have no ps. */
export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      // PID (NAME) STATE PARENT …, where the name may hold anything.
      const [, command = '', parent = '0'] = /\((.*)\) \S (\d+)/s.exec(read(`/proc/${name}/stat`)) ?? [];
      const args = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      return { pid: Number(name), parent: Number(parent), name: command, args };
    });
}

/** Sessions of sshd make groups of their own, so that they are found by their parents. */
export function sessionsOf(pid: number): number[] {
  const all = processes();
  const below = (p: number): number[] => all.filter((q) => q.parent === p && /sshd/.test(q.name)).flatMap((q) => [q.pid, ...below(q.pid)]);
  return below(pid);
}

/** Resident memory that is its own, and its part of what it shares with others, of the processes, in bytes. */
export const memoryOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + 1024 * Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0), 0);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended since the folder was read.
    return '';
  }
}
