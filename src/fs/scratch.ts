import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const actions = new Set<() => void>();
let guarded = false;

/**
 * Has an action run when the process ends, also by a signal that nobody else handles; not when it is killed with SIGKILL.
 * The action has to be synchronous. Returns the function that takes it back.
 */
export function atExit(action: () => void): () => void {
  guard();
  actions.add(action);
  return () => {
    actions.delete(action);
  };
}

/**
 * Calls a function with a new folder for temporary files, which is gone when the function has ended, however it ends.
 * Throws what the function throws.
 */
export async function withScratchFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `edgeml-${name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const takeBack = atExit(remove);
  try {
    return await use(folder);
  } finally {
    remove();
    takeBack();
  }
}

function guard(): void {
  if (guarded) return;
  guarded = true;
  const runAll = (): void => {
    for (const action of [...actions]) action();
    actions.clear();
  };
  process.on('exit', runAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (process.listenerCount(signal) > 0) continue;
    process.once(signal, () => {
      runAll();
      process.kill(process.pid, signal);
    });
  }
}
