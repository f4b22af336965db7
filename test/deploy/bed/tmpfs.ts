import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Guard, guard } from '../../ssh/guard.js';

/** A file system of its own, in memory. */
export interface SmallDisk {
  readonly path: string;
  /** Mounts it anew so that nothing can be written to it; throws where a file is open for writing. */
  setReadOnly(isReadOnly: boolean): void;
}

// Lazily, as a program that a test has left may still have a file open there.
const unmount = 'umount -l "$1" && rmdir "$1"';

/** Whether file systems can be mounted here; where they cannot, says why, and in CI that is a failure. */
export const canMount = probe();

function probe(): boolean {
  try {
    // The mount itself says more than whether root asks: a container may have taken the right away.
    const disk = mount(4096);
    execFileSync('umount', [disk]);
    rmdirSync(disk);
    return true;
  } catch (error) {
    const why = (error as Error).message.trim();
    if (process.env.CI === 'true') throw new Error(`Tests of full and read-only disks cannot mount any: ${why}`, { cause: error });
    console.warn(`skipped: tests of full and read-only disks, which have to mount some (${why})`);
    return false;
  }
}

/**
 * Runs `use` with a disk of `bytes` (of whole pages) that is gone afterwards, however that or the whole process ends.
 * To be used where {@link canMount} says so.
 */
export async function withSmallDisk<T>(bytes: number, use: (disk: SmallDisk) => T | Promise<T>): Promise<T> {
  const path = mount(bytes);
  const guarded: Guard = guard(unmount, [path]);
  try {
    return await use({
      path,
      setReadOnly: (isReadOnly) => void execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path]),
    });
  } finally {
    await guarded.release();
  }
}

/** The same with a disk that `fill` has written to and that nothing more can be written to. */
export function withReadOnlyDisk<T>(fill: (path: string) => void, use: (disk: SmallDisk) => T | Promise<T>): Promise<T> {
  return withSmallDisk(16 * 1024 * 1024, (disk) => {
    fill(disk.path);
    disk.setReadOnly(true);
    return use(disk);
  });
}

function mount(bytes: number): string {
  const path = mkdtempSync(join(tmpdir(), 'edgeml-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'edgeml-test', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return path;
}
