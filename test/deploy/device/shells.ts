import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A shell of those that devices have, or that are near to one. */
export interface Shell {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
}

const find = (program: string): string | undefined => ['/bin', '/usr/bin', '/usr/local/bin'].map((f) => `${f}/${program}`).find(existsSync);

const shell = (name: string, program: string, ...args: readonly string[]): Shell[] => {
  const path = find(program);
  return path === undefined ? [] : [{ name, path, args }];
};

/** Those with arithmetic of 64 bits that wraps, as far as they are installed. lksh is the build of mksh that has it. */
export const shells = [
  ...shell('dash', 'dash'),
  ...shell('busybox', 'busybox', 'sh'),
  ...shell('bash', 'bash', '--posix'),
  ...shell('zsh', 'zsh', '--emulate', 'sh'),
  ...shell('lksh', 'lksh', '-o', 'posix'),
];

/** Those whose arithmetic does not do: mksh, Android's shell, has 32 bits, and ksh93 goes on in floating point. */
export const otherShells = [...shell('mksh', 'mksh'), ...shell('ksh93', 'ksh93')];

for (const name of ['dash', 'busybox']) {
  if (shells.some((s) => s.name === name)) continue;
  if (process.env.CI === 'true') throw new Error(`There is no ${name}: apt-get install ${name}`);
  console.warn(`skipped: tests of scripts for devices in ${name} (apt-get install ${name})`);
}

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Feeds a script to a shell as ssh does, with arguments and no program within its reach. */
export function runAlone({ path, args }: Shell, script: string, ...words: readonly string[]): Said {
  const { status, stdout, stderr } = spawnSync(path, [...args, '-s', '--', ...words], {
    env: { PATH: '/nonexistent' },
    input: script,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
