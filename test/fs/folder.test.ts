import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WriteError } from '../../src/errors.js';
import { checkFolder, type FolderFile, othersBeside, writeFolder } from '../../src/fs/folder.js';
import { markLine } from '../../src/fs/mark.js';
import { because, temporaryFolder } from '../cli/run.js';

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

  /** A file of a model. */
  const of = (source: string, name: string, path: string, text = '', scaffold = false): FolderFile => ({
    ...file(path, `/* ${markLine({ source, name })} */\n${text}`, scaffold),
    origin: { source, name },
  });

  it('never writes over what was generated from another model', async () => {
    const folder = place();
    await writeFolder(folder, [of('a.tflite', 'net', 'net.c'), file('edgeml/k.h', generated)]);
    await writeFolder(folder, [of('a.tflite', 'net', 'net.c', 'new'), file('edgeml/k.h', `${generated}new`)]);
    await expect(writeFolder(folder, [of('b.tflite', 'net', 'net.c'), file('edgeml/k.h', generated)])).rejects.toThrow(
      /net\.c was generated from a\.tflite and is left alone\. Give another --name or --output, or remove it\.$/,
    );
    expect(readFileSync(join(folder, 'net.c'), 'utf8')).toContain('a.tflite as net */\nnew');
    expect(readFileSync(join(folder, 'edgeml/k.h'), 'utf8')).toBe(`${generated}new`);
  });

  it('knows a model whose file name would end a comment or break a line', async () => {
    const folder = place();
    const odd = `*/ evil\n-->${'é'.repeat(200)}`;
    await writeFolder(folder, [of(odd, 'net', 'net.c')]);
    expect((await writeFolder(folder, [of(odd, 'net', 'net.c', 'new')]))[0].outcome).toBe('written');
    expect(readFileSync(join(folder, 'net.c'), 'utf8').match(/\*\//g)).toHaveLength(1);
  });

  it('says why it keeps a main', async () => {
    const folder = place();
    await writeFolder(folder, [of('a.tflite', 'a', 'main.c', 'old', true)]);
    const kept = async (f: FolderFile) => (await writeFolder(folder, [f]))[0];
    expect(await kept(of('a.tflite', 'a', 'main.c', 'new', true))).toMatchObject({ outcome: 'kept', kept: 'differs' });
    expect(await kept(of('b.tflite', 'b', 'main.c', 'new', true))).toMatchObject({ outcome: 'kept', kept: 'other-model', of: 'a' });
    writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }');
    expect(await kept(of('a.tflite', 'a', 'main.c', 'new', true))).toMatchObject({ outcome: 'kept', kept: 'foreign' });
  });

  it('counts what earlier runs left beside its files', async () => {
    const folder = place();
    const files = [file('a.c', generated), file('edgeml/k.h', generated)];
    await writeFolder(folder, [...files, file('edgeml/old.h', generated), file('edgeml/notes.txt', generated)]);
    expect(othersBeside(folder, files, '.h')).toBe(1);
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

  const isRoot = process.getuid?.() === 0;

  it.skipIf(because(!isRoot || !existsSync('/proc/self'), 'only root may try to make a folder in /proc'))(
    'ends where a file system takes no folders',
    async () => {
      await expect(writeFolder('/proc/x/y', [file('a.c', generated)])).rejects.toThrow(
        /^Cannot make the folder \/proc\/x\/y: the file system there takes no new folders\. Give another --output\.$/,
      );
    },
  );

  it.skipIf(because(isRoot, 'root may write anywhere'))('names a folder that is read-only', async () => {
    const path = place();
    mkdirSync(path);
    chmodSync(path, 0o555);
    await expect(checkFolder(join(path, 'below'))).rejects.toThrow(
      `Cannot write into ${join(path, 'below')}: there is no permission (${path}).`,
    );
  });

  it('says that a name is too long', async () => {
    const path = join(place(), 'x'.repeat(300));
    await expect(checkFolder(path)).rejects.toThrow(/a name of 300 bytes is too long\. Give a shorter --output or --name\.$/);
    await expect(writeFolder(path, [file('a.c', generated)])).rejects.toThrow(/: the name is too long\. Give another --output\.$/);
  });
});
