import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EdgemlError, UsageError, WriteError } from '../../errors.js';
import { makeFolders } from '../../fs/folder.js';
import { nearest } from '../../suggest.js';
import { parseJournal } from './journal.js';
import { type Replay, replay } from './replay.js';

/** A run's folder, and what its journal tells. */
export interface Run extends Replay {
  readonly folder: string;
  readonly id: string;
}

/** Names in a run's folder. */
export const runFiles = { journal: 'journal.jsonl', bundle: 'bundle.edgeml', owner: 'owner', stop: 'stop' } as const;

/** Where runs are kept: beside the fleet file, or in the working directory. */
export const stateFolder = (state: string | undefined, fleet: string | undefined): string =>
  resolve(state ?? join(fleet === undefined ? '.' : dirname(fleet), '.edgeml'));

/** `20261128-204706-kws-3fa2`: they sort by time. */
export function newRunId(name: string, now: Date, random: string): string {
  const digits = now.toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${name.slice(0, 32)}-${random}`;
}

/** Makes a run's folder. Throws WriteError. */
export function makeRun(state: string, id: string): string {
  const folder = join(state, 'rollouts', id);
  makeFolders([folder], '--state');
  return folder;
}

/** Keeps a bundle with its run, so that the run can be gone on with whatever becomes of the file. */
export function keepBundle(path: string, folder: string): string {
  const kept = join(folder, runFiles.bundle);
  if (resolve(path) === resolve(kept)) return kept;
  try {
    // A link would change with the file where somebody writes into it; a copy-on-write clone costs nothing where there is one.
    copyFileSync(path, kept, constants.COPYFILE_FICLONE);
    // Before the journal's first line says that it is there.
    for (const part of [kept, folder, dirname(folder)]) flushPath(part);
  } catch (error) {
    throw new WriteError(`Cannot keep the bundle in ${folder}: ${(error as Error).message}. Give another folder with --state.`, {
      cause: error,
    });
  }
  return kept;
}

/** Some file systems cannot flush a folder, which then is as safe as it gets. */
function flushPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(fd);
  }
}

/** All runs, the newest first. */
export function listRuns(state: string): Run[] {
  return idsIn(state).flatMap((id) => readRun(join(state, 'rollouts', id), id) ?? []);
}

/** Throws WriteError, with the path, where the system does not let one work in the folder of runs. */
export function inState<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof EdgemlError) throw error;
    throw new WriteError(
      `Cannot work with ${path}, where rollouts are kept: ${(error as Error).message}. Give another folder with --state.`,
      {
        cause: error,
      },
    );
  }
}

function idsIn(state: string): string[] {
  const folder = join(state, 'rollouts');
  return inState(folder, () => (existsSync(folder) ? readdirSync(folder).sort().reverse() : []));
}

function readRun(folder: string, id: string): Run | undefined {
  const path = join(folder, runFiles.journal);
  if (!existsSync(path)) return undefined;
  const told = replay(parseJournal(inState(path, () => readFileSync(path, 'utf8'))));
  return told && { ...told, folder, id };
}

/** The run of that id (or its beginning), else the newest that `wanted` holds for. Throws UsageError where there is none. */
export function findRun(state: string, id: string | undefined, wanted: (run: Run) => boolean, what: string): Run {
  const runs = listRuns(state);
  if (id === undefined) {
    const found = runs.find(wanted);
    if (found) return found;
    throw new UsageError(
      `There is no rollout ${what} in ${state}. 'edgeml fleet history' shows those there are; --state names another folder.`,
    );
  }
  const matching = runs.filter((r) => r.id.startsWith(id));
  if (matching.length === 1) return matching[0];
  const near = nearest(
    id,
    runs.map((r) => r.id),
  );
  const hint =
    matching.length > 1
      ? `Several begin so: ${matching
          .slice(0, 5)
          .map((r) => r.id)
          .join(', ')}`
      : near
        ? `Did you mean '${near}'?`
        : `'edgeml fleet history' shows those there are`;
  throw new UsageError(`There is no rollout '${id}' in ${state}. ${hint}${hint.endsWith('?') ? '' : '.'}`);
}

/**
 * Marks a run as gone on with by this process. Throws UsageError where another process works on it. Returns the function that takes
 * the mark away.
 */
export function own(folder: string): () => void {
  return inState(folder, () => take(folder));
}

function take(folder: string): () => void {
  const path = join(folder, runFiles.owner);
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(path, `${process.pid}\n${startOf(process.pid)}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 5) throw error;
      if (isOwned(folder)) {
        const [pid] = readText(path).split('\n');
        throw new UsageError(
          `The rollout in ${folder} is being worked on by process ${pid}. Wait for it, or stop it with 'edgeml fleet stop'.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  rmSync(join(folder, runFiles.stop), { force: true });
  return () => rmSync(path, { force: true });
}

/** Whether a process works on the run at the moment. */
export function isOwned(folder: string): boolean {
  const [pid, start] = readText(join(folder, runFiles.owner)).split('\n');
  return Boolean(pid) && start !== '' && startOf(Number(pid)) === start;
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It was taken away since, or never there.
    return '';
  }
};

/** When a process was started; numbers of processes are given again. '' where there is no such process. */
function startOf(pid: number): string {
  if (process.platform === 'linux')
    return (
      readText(`/proc/${pid}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? ''
    );
  try {
    process.kill(pid, 0);
    return 'runs';
  } catch {
    return '';
  }
}
