import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative as relativeTo, sep, win32 } from 'node:path';
import { ModelError } from '../errors.js';
import { whyUnreadable } from '../fs/unreadable.js';
import { detectFolder, folderHead } from './detect.js';
import { refusals } from './refusals.js';
import type { Source } from './types.js';

/** One read call takes at most 2^31 - 1 bytes on every platform; a round number below. */
const maxRead = 2 ** 30;

/**
 * Reads a model file into memory, in several calls where it is large.
 * Throws ModelError where there is no such file, where it is a folder (said by what the folder is) or cannot be read.
 * @param path As the user gave it; it stands so in messages.
 */
export async function openSource(path: string): Promise<Source> {
  const info = await fileSystem(path, () => stat(path));
  if (info.isDirectory()) throw new ModelError(describeFolder(path));
  if (!info.isFile()) throw new ModelError(`${path} is not a regular file (a device, pipe or socket); copy it to a file first.`);
  const bytes = await fileSystem(path, () => readWhole(path, info.size));
  return { path, bytes, readSibling: (name, offset, length) => readSibling(path, name, offset, length) };
}

async function readWhole(path: string, size: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = allocate(size, path);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await file.read(bytes, at, Math.min(maxRead, size - at), at);
      if (bytesRead === 0)
        throw new ModelError(`${path} became shorter while it was read (${at} of ${size} bytes). Is it still being written?`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Not pooled: a view on Node's shared pool would have no alignment and would keep the pool alive. */
function allocate(size: number, what: string): Buffer {
  try {
    return Buffer.allocUnsafeSlow(size);
  } catch (e) {
    // RangeError: over the limit of this version of Node, or the machine's memory.
    throw new ModelError(`${what}: ${size} bytes do not fit into memory. Split large weights off as external data.`, { cause: e });
  }
}

async function fileSystem<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (e) {
    const reason = whyUnreadable(e);
    throw reason === undefined ? e : new ModelError(`Cannot read ${path}: ${reason}.`, { cause: e });
  }
}

function describeFolder(path: string): string {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (e) {
    return `Cannot read the folder ${path}: ${whyUnreadable(e) ?? String(e)}.`;
  }
  const format = detectFolder(names, (name) => headOf(join(path, name)));
  if (format) return refusals(path)[format] as string;
  const models = names.filter((n) => /\.(onnx|tflite|h5|hdf5|keras)$/i.test(n)).sort();
  const hint = models.length > 0 ? `Name the model in it, e.g. ${join(path, models[0])}` : 'Name a model file';
  return `${path} is a folder, not a model. ${hint}.`;
}

/** The beginning of a file in a folder; nothing where it is no readable file. */
function headOf(path: string): Uint8Array {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    // Whatever it is, it does not tell what the folder is.
    return new Uint8Array();
  }
  try {
    if (!fstatSync(fd).isFile()) return new Uint8Array();
    const head = Buffer.alloc(folderHead);
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** Part of a file beside the model: see {@link Source.readSibling}. */
function readSibling(model: string, name: string, offset: number, length?: number): Uint8Array {
  const refer = `${model} keeps data in the file '${name}'`;
  const path = insideFolder(model, name, refer);
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const info = fstatSync(fd);
    if (!info.isFile()) throw new ModelError(`${refer}, which is not a regular file.`);
    const wanted = length ?? info.size - offset;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(wanted) || offset < 0 || wanted < 0 || offset + wanted > info.size) {
      const range = length === undefined ? `from byte ${offset} on` : `${length} bytes at ${offset}`;
      throw new ModelError(`${refer}, ${range}, but that file has ${info.size} bytes. It is truncated or belongs to another model.`);
    }
    const bytes = allocate(wanted, refer);
    for (let at = 0; at < wanted; ) {
      const got = readSync(fd, bytes, at, Math.min(maxRead, wanted - at), offset + at);
      if (got === 0) throw new ModelError(`${refer}, which became shorter while it was read.`);
      at += got;
    }
    return bytes;
  } catch (e) {
    const reason = whyUnreadable(e);
    throw reason === undefined ? e : new ModelError(`${refer}, which cannot be read: ${reason}.`, { cause: e });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * The path of a sibling, which must stay in the model's folder: a model file may come from anywhere, and must not read
 * what its user did not mean to give. Links are followed first; a model that is itself a link (as in the cache of a model
 * hub) may have its data beside the link or beside the file.
 */
function insideFolder(model: string, name: string, refer: string): string {
  const leaves = (): never => {
    throw new ModelError(
      `${refer}, which leaves the model's folder. Only files in that folder are read; put the data there and name it by its relative path.`,
    );
  };
  if (name === '' || name.includes('\0')) throw new ModelError(`${refer}, which is no file name. The model is corrupted.`);
  if (isAbsolute(name) || win32.isAbsolute(name) || /^[a-z]:/i.test(name) || name.split(/[\\/]/).includes('..')) leaves();
  const folder = dirname(model);
  const path = join(folder, name);
  try {
    const real = realpathSync(path);
    const folders = [realpathSync(folder), dirname(realpathSync(model))];
    return folders.some((f) => contains(f, real)) ? real : leaves();
  } catch (e) {
    if (e instanceof ModelError) throw e;
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new ModelError(`${refer}, which is missing: put '${basename(name)}' beside the model (${path}).`, { cause: e });
    }
    throw new ModelError(`${refer}, which cannot be read: ${whyUnreadable(e) ?? String(e)}.`, { cause: e });
  }
}

function contains(folder: string, path: string): boolean {
  const way = relativeTo(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
