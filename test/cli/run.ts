import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { projectRoot } from '../shared.js';

export const bin = join(projectRoot, 'bin/edgeml.js');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process while it runs. */
  readonly during?: (child: ChildProcess) => void;
}

/** Runs `edgeml` as its users do: a process of its own, with pipes for output and no EDGEML_* but those given. */
export function edgeml(args: readonly string[], { cwd, env = {}, during }: RunOptions = {}): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(EDGEML_|NO_COLOR|FORCE_COLOR|VITEST|NODE_OPTIONS)/.test(name));
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...Object.fromEntries(inherited), ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (d) => {
    stdout += d;
  });
  child.stderr.on('data', (d) => {
    stderr += d;
  });
  during?.(child);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/** A folder for one test file, removed afterwards. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'edgeml-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** `condition`, with its reason printed where it holds: for a test that has to be skipped on this machine. */
export function because(condition: boolean, reason: string): boolean {
  if (condition) console.warn(`skipped: ${reason}`);
  return condition;
}
