import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import { fileChunks } from '../../src/ssh/file-chunks.js';

const folder = mkdtempSync(join(tmpdir(), 'edgeml-chunks-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'file');
const bytes = randomBytes(3_500_000);
writeFileSync(path, bytes);

async function collect(from: string, start: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of fileChunks(from, start)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
/** How often this process has the file open. */
function isOpen(): boolean {
  return readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      // The one that the folder was read with.
      return false;
    }
  });
}

describe('fileChunks', () => {
  it.each([0, 1, 1_500_000, bytes.length - 1, bytes.length, bytes.length + 5])('reads a file from byte %d on', async (start) => {
    expect((await collect(path, start)).equals(bytes.subarray(start))).toBe(true);
  });

  it('leaves a chunk alone until the next is asked for', async () => {
    let at = 0;
    for await (const chunk of fileChunks(path, 0)) {
      await new Promise((done) => setTimeout(done, 5));
      expect(Buffer.compare(chunk, bytes.subarray(at, at + chunk.length))).toBe(0);
      at += chunk.length;
    }
    expect(at).toBe(bytes.length);
  });

  it.runIf(process.platform === 'linux')('closes the file, also where nobody takes the rest', async () => {
    for await (const chunk of fileChunks(path, 0)) {
      expect(chunk.length).toBeGreaterThan(0);
      expect(isOpen()).toBe(true);
      break;
    }
    expect(isOpen()).toBe(false);
    await collect(path, 0);
    expect(isOpen()).toBe(false);
  });

  it.each([
    ['a file that is not there', join(folder, 'absent'), 'there is no such file'],
    ['a folder', folder, 'it is a folder'],
  ])('tells %s', async (_, from, code) => {
    const error = await collect(from, 0).catch((e) => e);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toMatch(new RegExp(`^Cannot read .*: ${code}\\. Give another file\\.$`));
  });
});
