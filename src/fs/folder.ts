import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WriteError } from '../errors.js';
import { writeAllAtomic } from './atomic.js';
import { isEdgemls, isSameOrigin, type Origin, originIn } from './mark.js';

/** A file of a generated folder. */
export interface FolderFile {
  /** Relative to the folder, with '/'. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Meant to be changed by the user (a main, a build file): one that is there already, with other content, is kept. */
  readonly scaffold?: boolean;
  /** The model that the file is of. One of another model in its place is never written over. */
  readonly origin?: Origin;
}

/** What became of a file. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly outcome: 'written' | 'unchanged' | 'kept';
  /** Why a file was kept: it is somebody else's, of another model, or not what would be written now. */
  readonly kept?: 'foreign' | 'other-model' | 'differs';
  /** The name of that other model. */
  readonly of?: string;
}

type Outcome = Pick<WrittenFile, 'outcome' | 'kept' | 'of'>;

/**
 * Writes the files of a folder, all of them or none; folders are made as needed and removed again where writing fails.
 * Throws WriteError where a file that edgeml did not write, or wrote for another model, stands in the way, or where nothing can
 * be written.
 */
export async function writeFolder(folder: string, files: readonly FolderFile[]): Promise<WrittenFile[]> {
  const planned = files.map((file) => ({ ...file, target: join(folder, ...file.path.split('/')), ...outcomeOf(folder, file) }));
  const toWrite = planned.filter((f) => f.outcome === 'written');
  const made = makeFolders([folder, ...toWrite.map((f) => dirname(f.target))]);
  try {
    await writeAllAtomic(toWrite.map((f) => ({ path: f.target, bytes: f.bytes })));
  } catch (error) {
    // Deepest first; one that somebody else put something into stays.
    for (const path of made.reverse()) if (isEmpty(path)) rmdirSync(path);
    throw error;
  }
  return planned.map(({ path, bytes, outcome, kept, of }) => ({
    ...{ path, bytes: bytes.length, outcome },
    ...(kept && { kept }),
    ...(of !== undefined && { of }),
  }));
}

/** Throws the WriteError that {@link writeFolder} would end in, as far as that can be known before anything is computed. */
export async function checkFolder(folder: string): Promise<void> {
  let at = resolve(folder);
  const long = at.split(/[/\\]/).find((name) => Buffer.byteLength(name) > longestName);
  if (long !== undefined) {
    throw new WriteError(
      `Cannot make the folder ${folder}: a name of ${Buffer.byteLength(long)} bytes is too long. Give a shorter --output or --name.`,
    );
  }
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  if (!statSync(at).isDirectory()) {
    throw new WriteError(
      `Cannot write into ${folder}: ${at === resolve(folder) ? 'it' : at} is a file, not a folder. Give another --output.`,
    );
  }
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new WriteError(`Cannot write into ${folder}: ${reasons[code ?? ''] ?? message} (${at}). Give another --output.`, {
      cause: error,
    });
  }
}

/** Bytes of a name in the file systems of Linux, macOS and, near enough, Windows. */
const longestName = 255;

function outcomeOf(folder: string, { path, bytes, scaffold, origin }: FolderFile): Outcome {
  const target = join(folder, ...path.split('/'));
  if (!existsSync(target)) return { outcome: 'written' };
  if (!statSync(target).isFile()) throw new WriteError(`Cannot write ${target}: it is not a file. Give another --output.`);
  const there = readFileSync(target);
  if (there.equals(bytes)) return { outcome: 'unchanged' };
  const found = originIn(there);
  const other = found && origin && !isSameOrigin(found, origin) ? found : undefined;
  if (scaffold) {
    if (other) return { outcome: 'kept', kept: 'other-model', of: other.name };
    return { outcome: 'kept', kept: isEdgemls(there) ? 'differs' : 'foreign' };
  }
  if (!isEdgemls(there)) {
    throw new WriteError(`${target} was not written by edgeml and is left alone. Move it away, or give another --output or --name.`);
  }
  if (other) {
    const what = other.source === origin?.source ? `${other.source} under the name ${other.name}` : other.source;
    throw new WriteError(`${target} was generated from ${what} and is left alone. Give another --name or --output, or remove it.`);
  }
  return { outcome: 'written' };
}

/** How many files with that ending lie in the folders of the generated ones with it and are none of them. */
export function othersBeside(folder: string, files: readonly { readonly path: string }[], ending: string): number {
  const ours = files.filter((f) => f.path.endsWith(ending)).map((f) => join(folder, ...f.path.split('/')));
  const beside = [...new Set(ours.map((path) => dirname(path)))].flatMap((at) => readdirSync(at).map((name) => join(at, name)));
  return beside.filter((path) => path.endsWith(ending) && !ours.includes(path)).length;
}

/**
 * Makes folders with those above them, one level at a time; returns the ones that were not there, outermost first. Node's own
 * recursion never ends where a file system says of a new folder that the one above it is not there (/proc).
 */
export function makeFolders(paths: readonly string[], option = '--output'): string[] {
  const made: string[] = [];
  for (const path of new Set(paths)) {
    try {
      for (const level of missingLevels(resolve(path))) {
        if (makeFolder(level)) made.push(level);
      }
    } catch (error) {
      for (const level of made.reverse()) if (isEmpty(level)) rmdirSync(level);
      const { code, message } = error as NodeJS.ErrnoException;
      throw new WriteError(`Cannot make the folder ${path}: ${reasons[code ?? ''] ?? message}. Give another ${option}.`, { cause: error });
    }
  }
  return made;
}

/** Whether it was made here and now: somebody else may have been faster. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(path).isDirectory()) return false;
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission',
  EPERM: 'there is no permission',
  ENOTDIR: 'a file is in the way',
  EEXIST: 'a file is in the way',
  ENOENT: 'the file system there takes no new folders',
  EROFS: 'the file system there is read-only',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'links there point to each other',
};

/** The folders of a path that are not there, outermost first. Throws what the system says of a path that cannot be. */
function missingLevels(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return [];
  if (stats) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
  return [...(dirname(path) === path ? [] : missingLevels(dirname(path))), path];
}

const isEmpty = (path: string): boolean => existsSync(path) && readdirSync(path).length === 0;
