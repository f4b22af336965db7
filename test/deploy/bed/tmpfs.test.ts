import { existsSync, openSync, readFileSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canMount, withReadOnlyDisk, withSmallDisk } from './tmpfs.js';

describe.skipIf(!canMount)('a small disk', () => {
  it('is full when it is full, and gone afterwards', async () => {
    const path = await withSmallDisk(1 << 20, (disk) => {
      const { bsize, blocks } = statfsSync(disk.path);
      expect(bsize * blocks).toBe(1 << 20);
      writeFileSync(join(disk.path, 'half'), new Uint8Array(1 << 19));
      expect(() => writeFileSync(join(disk.path, 'more'), new Uint8Array(1 << 20))).toThrow('ENOSPC');
      return disk.path;
    });
    expect(existsSync(path)).toBe(false);
  });

  it('is gone after a failure, and where a file is still open there', async () => {
    let path = '';
    const failed = withSmallDisk(1 << 20, (disk) => {
      path = disk.path;
      writeSync(openSync(join(disk.path, 'open'), 'w'), 'text');
      throw new Error('as expected');
    });
    await expect(failed).rejects.toThrow('as expected');
    expect(existsSync(path)).toBe(false);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(path);
  });

  it('can be read only', async () => {
    await withReadOnlyDisk(
      (path) => writeFileSync(join(path, 'file'), 'text'),
      (disk) => {
        expect(readFileSync(join(disk.path, 'file'), 'utf8')).toBe('text');
        expect(() => writeFileSync(join(disk.path, 'file'), 'other')).toThrow('EROFS');
        disk.setReadOnly(false);
        writeFileSync(join(disk.path, 'file'), 'other');
      },
    );
  });
});
