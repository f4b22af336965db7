import { randomBytes } from 'node:crypto';
import { constants, promises as fs, renameSync, rmSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EdgemlError, WriteError } from '../errors.js';
import { atExit } from './scratch.js';

/** What a file is to hold: bytes, or parts of them one after the other. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Temporary files that are not yet in place; gone when the process ends, however it ends short of being killed. */
const temporary = new Set<string>();
let guarded = false;

/**
 * Writes a file whole or not at all: a temporary file in the same folder, flushed to the disk, then renamed over the target.
 * A target that is no regular file (a device, a pipe) is written straight to. Throws WriteError with a sentence.
 * @param mode Permissions of a new file, e.g. 0o600; default: what the umask leaves.
 */
export const writeAtomic = (path: string, bytes: Content, mode?: number): Promise<void> => writeAllAtomic([{ path, bytes, mode }]);

/** Like {@link writeAtomic} for several files: none is put in place before all are on the disk. */
export async function writeAllAtomic(
  files: readonly { readonly path: string; readonly bytes: Content; readonly mode?: number }[],
): Promise<void> {
  const ready: { path: string; bytes: Content; from: string; to: string }[] = [];
  try {
    for (const { path, bytes, mode } of files) {
      const target = await guard(path, bytes, () => resolveTarget(path));
      if (target.stats && !target.stats.isFile()) await guard(path, bytes, () => writeInto(target.path, bytes));
      else ready.push({ path, bytes, from: await guard(path, bytes, () => writeTemporary(target, bytes, mode)), to: target.path });
    }
    // Synchronous: a signal arrives before the first of them or after the last.
    for (const { path, bytes, from, to } of ready) {
      await guard(path, bytes, async () => renameSync(from, to));
      temporary.delete(from);
    }
  } finally {
    for (const { from } of ready) remove(from);
  }
  for (const folder of new Set(ready.map(({ to }) => dirname(to)))) await flushFolder(folder);
}

/** Throws the WriteError that writing there would end in, as far as that can be known before: no such folder, no permission, a folder of that name. */
export async function checkWritable(path: string): Promise<void> {
  await guard(path, new Uint8Array(), async () => {
    const target = await resolveTarget(path);
    if (target.stats?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (target.stats && !target.stats.isFile()) return fs.access(target.path, constants.W_OK);
    const folder = await fs.stat(dirname(target.path));
    if (!folder.isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
    return fs.access(dirname(target.path), constants.W_OK | constants.X_OK);
  });
}

interface Target {
  /** With links followed, so that a link goes on pointing to what is written. */
  readonly path: string;
  readonly stats?: Stats;
}

async function resolveTarget(path: string): Promise<Target> {
  try {
    const real = await fs.realpath(path);
    return { path: real, stats: await fs.stat(real) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { path };
  }
}

async function writeInto(path: string, bytes: Content): Promise<void> {
  const handle = await fs.open(path, 'w');
  try {
    // Node takes parts as well, which its types leave out.
    await handle.writeFile(bytes as Uint8Array);
  } finally {
    await handle.close();
  }
}

async function writeTemporary(target: Target, bytes: Content, mode = 0o666): Promise<string> {
  guardExit();
  const path = join(dirname(target.path), `.edgeml-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  temporary.add(path);
  try {
    const handle = await fs.open(path, 'wx', target.stats ? target.stats.mode & 0o777 : mode);
    try {
      await handle.writeFile(bytes as Uint8Array);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    remove(path);
    throw error;
  }
  return path;
}

/** So that the rename itself survives a power cut. Some file systems cannot flush a folder, which then is as safe as it gets. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function remove(path: string): void {
  if (!temporary.delete(path)) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // Whatever keeps it from being removed also ended the write, and that error is the one to tell.
  }
}

/** Removes what is left of interrupted writes; also where nobody else handles the signal. */
function guardExit(): void {
  if (guarded) return;
  guarded = true;
  atExit(() => {
    for (const path of [...temporary]) remove(path);
  });
}

const size = (bytes: Content): string => (bytes instanceof Uint8Array ? ` (the file takes ${bytes.length} bytes)` : '');

const reasons: Readonly<Record<string, (path: string, bytes: Content) => string>> = {
  ENOSPC: (_, bytes) => `the disk is full${size(bytes)}. Free some space or write elsewhere with --output`,
  EDQUOT: (_, bytes) => `the disk quota is used up${size(bytes)}. Free some space or write elsewhere with --output`,
  EACCES: (path) => `there is no permission to write in ${dirname(path)}. Change the permissions or write elsewhere with --output`,
  EPERM: (path) => `the system does not permit it in ${dirname(path)}. Write elsewhere with --output`,
  EROFS: (path) => `${dirname(path)} is on a read-only file system. Write elsewhere with --output`,
  ENOENT: (path) => `the folder ${dirname(path)} does not exist. Create it or write elsewhere with --output`,
  ENOTDIR: (path) => `${dirname(path)} is not a folder. Write elsewhere with --output`,
  EISDIR: () => 'it is a folder. Give the name of a file',
  ENAMETOOLONG: (path) => `the name is too long (${basename(path).length} characters). Give a shorter one with --output`,
};

async function guard<T>(path: string, bytes: Content, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // Content that is made on the way has sentences of its own.
    if (error instanceof EdgemlError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = (code !== undefined && reasons[code]?.(path, bytes)) || message;
    throw new WriteError(`Cannot write ${path}: ${reason}.`, { cause: error });
  }
}
