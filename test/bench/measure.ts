import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../shared.js';

/** One run of a whole process. */
export interface Run {
  readonly seconds: number;
  /** Peak resident memory, MB. */
  readonly peak: number;
  readonly output: string;
}

/** Runs a command to its end. Throws Error with its last words where it fails. */
function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): { seconds: number; output: string } {
  const start = performance.now();
  const done = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 2 ** 26 });
  const seconds = (performance.now() - start) / 1000;
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.status}:\n${done.stderr.slice(-2000)}`);
  return { seconds, output: done.stdout };
}

/** Seconds that `edgeml --help` takes, nothing preloaded. */
export const helpSeconds = (): number => timed(process.execPath, [join(projectRoot, 'bin/edgeml.js'), '--help']).seconds;

/** edgeml's command line as it is installed: the compiled build, in a process of its own. */
export function runEdgeml(args: readonly string[]): Run {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-peak-'));
  const file = join(folder, 'kilobytes');
  try {
    const hook = fileURLToPath(new URL('peak.mjs', import.meta.url));
    const command = ['--import', hook, join(projectRoot, 'bin/edgeml.js'), ...args];
    const { seconds, output } = timed(process.execPath, command, { EDGEML_BENCH_PEAK: file });
    return { seconds, output, peak: Number(readFileSync(file, 'utf8')) / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Python script that prints `peak N MB`. */
export function runPython(python: string, args: readonly string[]): Run {
  const { seconds, output } = timed(python, args);
  const peak = /peak (\d+) MB/.exec(output)?.[1];
  if (!peak) throw new Error(`${args[0]} did not tell its peak memory:\n${output}`);
  return { seconds, output, peak: Number(peak) };
}

/** The Python that has TensorFlow: `EDGEML_PYTHON`, or `python3`; undefined where it cannot import it. */
export function tensorflowPython(): string | undefined {
  const python = process.env.EDGEML_PYTHON ?? 'python3';
  const probe = spawnSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(u.find_spec("tensorflow") is None)']);
  return probe.status === 0 ? python : undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
