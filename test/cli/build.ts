import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { projectRoot } from '../shared.js';

const stamp = join(projectRoot, 'dist/.built');
const lock = join(projectRoot, '.cache/build.lock');
const staleLock = 120_000;

/** Compiles `src` to `dist` where it has changed since; types are checked elsewhere. One process builds, the others wait for it. */
export async function ensureBuilt(): Promise<void> {
  mkdirSync(join(projectRoot, '.cache'), { recursive: true });
  while (!isFresh()) {
    if (!takeLock()) {
      await setTimeout(100);
      continue;
    }
    try {
      execFileSync(process.execPath, [join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', '--noCheck'], {
        cwd: projectRoot,
        stdio: 'pipe',
      });
      execFileSync('npm', ['run', '--silent', 'assets'], { cwd: projectRoot, stdio: 'pipe', shell: process.platform === 'win32' });
      writeFileSync(stamp, '');
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

function isFresh(): boolean {
  if (!existsSync(stamp) || existsSync(lock)) return false;
  const built = statSync(stamp).mtimeMs;
  return readdirSync(join(projectRoot, 'src'), { recursive: true, withFileTypes: true }).every(
    (e) => !e.isFile() || statSync(join(e.parentPath, e.name)).mtimeMs <= built,
  );
}

function takeLock(): boolean {
  if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > staleLock) rmSync(lock, { force: true });
  try {
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
