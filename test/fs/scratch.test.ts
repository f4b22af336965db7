import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withScratchFolder } from '../../src/fs/scratch.js';

const source = fileURLToPath(new URL('../../src/fs/scratch.ts', import.meta.url));

/** A process that makes a folder with a file in it, says its path, and waits. */
const program = `
  const { withScratchFolder } = await import(${JSON.stringify(source)});
  const { writeFileSync } = await import('node:fs');
  await withScratchFolder('test', async (folder) => {
    writeFileSync(folder + '/file', 'x');
    console.log(folder);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
`;

describe('scratch folders', () => {
  it('are there while they are used and gone afterwards', async () => {
    const folder = await withScratchFolder('test', async (path) => {
      writeFileSync(join(path, 'file'), 'x');
      expect(existsSync(join(path, 'file'))).toBe(true);
      return path;
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('are gone where their user throws, and the error is the user’s', async () => {
    let folder = '';
    const failing = withScratchFolder('test', async (path) => {
      folder = path;
      throw new Error('no luck');
    });
    await expect(failing).rejects.toThrow('no luck');
    expect(existsSync(folder)).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('are gone after %s, which still ends the process', async (signal) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const folder = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    });
    expect(existsSync(folder)).toBe(true);
    child.kill(signal);
    const ended = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
    expect(ended).toBe(signal);
    expect(existsSync(folder)).toBe(false);
  });
});
