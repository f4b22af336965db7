import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { WriteError } from '../errors.js';
import { checkWritable, writeAllAtomic } from './atomic.js';

/** A file of a generated folder. */
export interface FolderFile {
  /** Relative to the folder, with '/'. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Meant to be changed by the user (a main, a build file): one that is there already, with other content, is kept. */
  readonly scaffold?: boolean;
}

/** What became of a file. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly outcome: 'written' | 'unchanged' | 'kept';
}

/** Generated files say so near their beginning; anything else in their place is somebody's own. */
const mark = /edgeml/i;
const markWithin = 600;

/**
 * Writes the files of a folder, all of them or none; folders are made as needed and removed again where writing fails.
 * Throws WriteError where a file that edgeml did not write stands in the way, or where nothing can be written.
 */
export async function writeFolder(folder: string, files: readonly FolderFile[]): Promise<WrittenFile[]> {
  const planned = files.map((file) => ({ ...file, target: join(folder, ...file.path.split('/')), outcome: outcomeOf(folder, file) }));
  const toWrite = planned.filter((f) => f.outcome === 'written');
  const made = makeFolders([folder, ...toWrite.map((f) => dirname(f.target))]);
  try {
    await writeAllAtomic(toWrite.map((f) => ({ path: f.target, bytes: f.bytes })));
  } catch (error) {
    // Deepest first; one that somebody else put something into stays.
    for (const path of made.reverse()) if (isEmpty(path)) rmdirSync(path);
    throw error;
  }
  return planned.map(({ path, bytes, outcome }) => ({ path, bytes: bytes.length, outcome }));
}

/** Throws the WriteError that {@link writeFolder} would end in, as far as that can be known before anything is computed. */
export async function checkFolder(folder: string): Promise<void> {
  let at = resolve(folder);
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  if (!statSync(at).isDirectory()) {
    throw new WriteError(
      `Cannot write into ${folder}: ${at === resolve(folder) ? 'it' : at} is a file, not a folder. Give another --output.`,
    );
  }
  await checkWritable(join(at, 'edgeml.tmp'));
}

function outcomeOf(folder: string, { path, bytes, scaffold }: FolderFile): WrittenFile['outcome'] {
  const target = join(folder, ...path.split('/'));
  if (!existsSync(target)) return 'written';
  if (!statSync(target).isFile()) throw new WriteError(`Cannot write ${target}: it is not a file. Give another --output.`);
  const there = readFileSync(target);
  if (there.equals(bytes)) return 'unchanged';
  if (scaffold) return 'kept';
  if (!mark.test(there.subarray(0, markWithin).toString('latin1'))) {
    throw new WriteError(`${target} was not written by edgeml and is left alone. Move it away, or give another --output or --name.`);
  }
  return 'written';
}

/** Makes folders with those above them; returns the ones that were not there, outermost first. */
function makeFolders(paths: readonly string[]): string[] {
  const made: string[] = [];
  for (const path of new Set(paths)) {
    try {
      const first = mkdirSync(path, { recursive: true });
      if (first === undefined) continue;
      const below = resolve(path).slice(first.length).split(sep).filter(Boolean);
      made.push(first);
      below.reduce((above, name) => {
        made.push(join(above, name));
        return join(above, name);
      }, first);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason =
        code === 'EACCES' || code === 'EPERM'
          ? 'there is no permission'
          : code === 'ENOTDIR' || code === 'EEXIST'
            ? 'a file is in the way'
            : message;
      throw new WriteError(`Cannot make the folder ${path}: ${reason}. Give another --output.`, { cause: error });
    }
  }
  return made;
}

const isEmpty = (path: string): boolean => existsSync(path) && readdirSync(path).length === 0;
