import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionsOf } from './processes.js';

/** Where Debian and others keep it: it is on the PATH of root only. */
const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find((path) => existsSync(path));

/** Whether tests against a real OpenSSH server can run; where they cannot, says so, and in CI that is a failure. */
export const hasSshd = sshd !== undefined && process.platform === 'linux';
if (!hasSshd) {
  const how = 'apt-get install openssh-server openssh-client';
  if (process.env.CI === 'true') throw new Error(`There is no sshd: ${how}`);
  console.warn(`skipped: tests over SSH need a real OpenSSH server on Linux (${how})`);
}

/** For a server to listen, on a machine that starts a hundred of them, ms. */
const patience = 30_000;

/** One sshd, in a folder that holds its `sshd_config` and gets its `log`. */
export class Daemon {
  readonly log: string;
  readonly #config: string;
  /** sshd writes it when it listens. */
  readonly #pidFile: string;
  #process: ChildProcess | undefined;

  constructor(folder: string, config: readonly string[]) {
    this.log = join(folder, 'log');
    this.#config = join(folder, 'sshd_config');
    this.#pidFile = join(folder, 'pid');
    writeFileSync(this.log, '');
    writeFileSync(this.#config, [...config, `PidFile ${this.#pidFile}`, ''].join('\n'));
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    // The port is free when the server that was killed is gone, which is a moment later.
    await this.#ended();
    // sshd separates privileges in this folder, which the package's own start script makes.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const child = spawn(sshd as string, ['-D', '-E', this.log, '-f', this.#config], { stdio: 'ignore' });
    this.#process = child;
    // A process number that is left in a file may soon be another's.
    child.once('exit', () => rmSync(this.#pidFile, { force: true }));
    for (const since = performance.now(); performance.now() - since < patience; await sleep(5)) {
      if (child.exitCode !== null) throw new Error(`sshd ended: ${readFileSync(this.log, 'utf8').slice(-1000)}`);
      if (existsSync(this.#pidFile)) return;
    }
    throw new Error(`sshd does not listen: ${readFileSync(this.log, 'utf8').slice(-1000)}`);
  }

  signal(signal: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid === undefined || this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
    for (const p of [pid, ...sessionsOf(pid)]) {
      try {
        process.kill(p, signal);
      } catch {
        // It ended between being listed and being told.
      }
    }
  }

  async #ended(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}
