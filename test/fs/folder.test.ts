import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WriteError } from '../../src/errors.js';
import { checkFolder, type FolderFile, writeFolder } from '../../src/fs/folder.js';
import { temporaryFolder } from '../cli/run.js';

const root = temporaryFolder();
let places = 0;
const place = (): string => join(root, `p${places++}`);
const file = (path: string, text: string, scaffold = false): FolderFile => ({ path, bytes: new TextEncoder().encode(text), scaffold });
const generated = '/* made by edgeml */\n';

describe('writeFolder', () => {
  it('makes the folders it needs and says what was written', async () => {
    const folder = place();
    const files = [file('a.c', generated), file('edgeml/k.h', generated)];
    expect((await writeFolder(folder, files)).map((f) => f.outcome)).toEqual(['written', 'written']);
    expect((await writeFolder(folder, files)).map((f) => f.outcome)).toEqual(['unchanged', 'unchanged']);
    expect(readFileSync(join(folder, 'edgeml/k.h'), 'utf8')).toBe(generated);
  });

  it('writes over what edgeml wrote, and never over anything else', async () => {
    const folder = place();
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.c'), `${generated}old`);
    writeFileSync(join(folder, 'b.c'), 'int mine;');
    await writeFolder(folder, [file('a.c', `${generated}new`)]);
    expect(readFileSync(join(folder, 'a.c'), 'utf8')).toBe(`${generated}new`);
    await expect(writeFolder(folder, [file('a.c', `${generated}newer`), file('b.c', generated)])).rejects.toThrow(
      /b\.c was not written by edgeml and is left alone/,
    );
    expect(readFileSync(join(folder, 'a.c'), 'utf8')).toBe(`${generated}new`);
    expect(readFileSync(join(folder, 'b.c'), 'utf8')).toBe('int mine;');
  });

  it('keeps a main that was changed', async () => {
    const folder = place();
    await writeFolder(folder, [file('main.c', generated, true)]);
    writeFileSync(join(folder, 'main.c'), `${generated}my own code`);
    const [main] = await writeFolder(folder, [file('main.c', generated, true)]);
    expect(main.outcome).toBe('kept');
    expect(readFileSync(join(folder, 'main.c'), 'utf8')).toContain('my own code');
  });

  it('leaves no folder behind where nothing could be written', async () => {
    const folder = place();
    const long = `${'x'.repeat(300)}.c`;
    await expect(writeFolder(join(folder, 'deep/er'), [file('a.c', generated), file(long, generated)])).rejects.toThrow(WriteError);
    expect(existsSync(folder)).toBe(false);
  });

  it('says that a file is in the way of a folder', async () => {
    const path = place();
    writeFileSync(path, 'a file');
    await expect(checkFolder(path)).rejects.toThrow(/is a file, not a folder/);
    await expect(checkFolder(join(path, 'below'))).rejects.toThrow(/is a file, not a folder/);
    await expect(writeFolder(join(path, 'below'), [file('a.c', generated)])).rejects.toThrow(/a file is in the way/);
    expect(readdirSync(root)).toContain(path.slice(root.length + 1));
  });
});
