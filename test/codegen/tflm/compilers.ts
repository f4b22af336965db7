import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Declarations with TensorFlow Lite Micro's and the SDKs' signatures. */
export const stubs = fileURLToPath(new URL('stubs', import.meta.url));

export const warnings = ['-Wall', '-Wextra', '-Wshadow', '-Werror'];

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

/** Those of the compilers that are installed; what is not is said once. */
export function installed(...commands: string[]): string[] {
  return commands.filter((command) => {
    const there = has(command);
    if (!there) console.warn(`skipped: there is no ${command} on this machine`);
    return there;
  });
}

/** A folder with these files that lives as long as the test. */
export function folderOf(files: ReadonlyMap<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-tflm-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Runs a command in a folder; its output. Throws with what it said where it fails. */
export function run(folder: string, command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', input });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr.slice(0, 4000)}${stdout.slice(0, 1000)}`);
  return stdout;
}
