import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Guard, guard } from '../../ssh/guard.js';

const run = promisify(execFile);

const size = 48 * 1024 * 1024;

/**
 * EXT4_IOC_SHUTDOWN (_IOR('X', 125, __u32)) with EXT4_GOING_FLAGS_NOLOGFLUSH: from then on nothing is written, not even the journal,
 * as when the power fails (fs/ext4/ioctl.c; xfstests does the same with src/godown).
 */
const shutdown = `open(my $f, '<', $ARGV[0]) or die "$!"; my $how = pack('L', 2); ioctl($f, 0x8004587d, $how) or die "$!";`;

/** A file system of its own, whose power can fail: what it has not written by then is gone. */
export class Disk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #image: string;
  readonly #guard: Guard;

  private constructor(folder: string) {
    this.path = join(folder, 'disk');
    this.#image = join(folder, 'image');
    this.#guard = guard('umount -l "$1" 2> /dev/null; rm -rf --one-file-system "$2"', [this.path, folder]);
  }

  static async make(): Promise<Disk> {
    const disk = new Disk(mkdtempSync(join(tmpdir(), 'edgeml-disk-')));
    mkdirSync(disk.path);
    writeFileSync(disk.#image, '');
    truncateSync(disk.#image, size);
    await run('mke2fs', ['-q', '-t', 'ext4', disk.#image]);
    await disk.#mount();
    return disk;
  }

  /** The power fails. */
  fail(): void {
    execFileSync('perl', ['-e', shutdown, this.path]);
  }

  /** It is read again, as after a start of the device; nothing may be open there. */
  async boot(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await run('umount', [this.path]);
        break;
      } catch (error) {
        // Processes that were killed are gone a moment later.
        if (tries > 100) throw error;
        await sleep(20);
      }
    }
    await this.#mount();
  }

  close(): Promise<void> {
    return this.#guard.release();
  }

  async #mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.#image, this.path]);
  }
}

/** Whether disks can be made and lose their power here; why not where they cannot. */
export async function whyNoDisks(): Promise<string | undefined> {
  let disk: Disk | undefined;
  try {
    disk = await Disk.make();
    const file = join(disk.path, 'file');
    writeFileSync(file, '');
    disk.fail();
    await disk.boot();
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  } finally {
    await disk?.close().catch(() => {});
  }
}
