import { spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodes, WriteError } from '../../src/errors.js';
import { checkWritable, writeAllAtomic, writeAtomic } from '../../src/fs/atomic.js';
import { ensureBuilt } from '../cli/build.js';
import { temporaryFolder } from '../cli/run.js';
import { projectRoot } from '../shared.js';

const root = temporaryFolder();
let places = 0;
const place = (): string => {
  const path = join(root, `p${places++}`);
  mkdirSync(path);
  return path;
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(ensureBuilt);

describe('writeAtomic', () => {
  it('writes, replaces, and leaves nothing else', async () => {
    const dir = place();
    const path = join(dir, 'a');
    await writeAtomic(path, bytes('one'));
    await writeAtomic(path, bytes('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(dir)).toEqual(['a']);
  });

  it('keeps permissions and links of what it replaces', async () => {
    const dir = place();
    writeFileSync(join(dir, 'real'), 'old');
    chmodSync(join(dir, 'real'), 0o600);
    symlinkSync('real', join(dir, 'link'));
    await writeAtomic(join(dir, 'link'), bytes('new'));
    expect(lstatSync(join(dir, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dir, 'real'), 'utf8')).toBe('new');
    if (process.platform !== 'win32') expect(statSync(join(dir, 'real')).mode & 0o777).toBe(0o600);
  });

  it('puts none of several files in place where one cannot be written', async () => {
    const dir = place();
    writeFileSync(join(dir, 'a'), 'old');
    const files = [
      { path: join(dir, 'a'), bytes: bytes('new') },
      { path: join(dir, 'no/b'), bytes: bytes('new') },
    ];
    await expect(writeAllAtomic(files)).rejects.toThrow(WriteError);
    expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(dir)).toEqual(['a']);
  });

  it.each([
    ['no/b', /Cannot write .*no\/b: the folder .*no does not exist\. Create it or write elsewhere with --output\.$/],
    ['folder', /Cannot write .*folder: it is a folder\. Give the name of a file\.$/],
    ['file/b', /Cannot write .*file\/b: .*file is not a folder\. Write elsewhere with --output\.$/],
  ])('says why it cannot write %s, also beforehand', async (name, sentence) => {
    const dir = place();
    mkdirSync(join(dir, 'folder'));
    writeFileSync(join(dir, 'file'), '');
    for (const attempt of [() => writeAtomic(join(dir, name), bytes('x')), () => checkWritable(join(dir, name))]) {
      const error = (await attempt().catch((e: unknown) => e)) as WriteError;
      expect(error).toBeInstanceOf(WriteError);
      expect(error.exitCode).toBe(exitCodes.model);
      expect(error.message).toMatch(sentence);
    }
  });

  it('may be written as far as can be told', async () => {
    const dir = place();
    await checkWritable(join(dir, 'new'));
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('removes its temporary file on %s', async (signal) => {
    const dir = place();
    // Stops itself as soon as the temporary file is there; flushing this much takes longer than that.
    const program = `
      import { readdirSync } from 'node:fs';
      import { writeAtomic } from ${JSON.stringify(new URL(`file://${join(projectRoot, 'dist/fs/atomic.js')}`).href)};
      void writeAtomic(${JSON.stringify(join(dir, 'out'))}, new Uint8Array(64 << 20));
      const look = () => {
        if (readdirSync(${JSON.stringify(dir)}).some((n) => n.endsWith('.tmp'))) {
          process.stdout.write('seen');
          process.kill(process.pid, '${signal}');
        } else setImmediate(look);
      };
      look();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (d) => {
      said += d;
    });
    const ended = await new Promise((done) => child.on('close', (_, by) => done(by)));
    expect(said).toMatch(/^seen/);
    expect(ended).toBe(signal);
    expect(readdirSync(dir).filter((n) => n.endsWith('.tmp'))).toEqual([]);
  });
});
