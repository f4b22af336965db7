import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Work that is done when it is asked for, or else when this process has ended. */
export interface Guard {
  /** Does it now; resolves when it is done. Throws Error where it fails. */
  release(): Promise<void>;
}

/**
 * Has `script` run by a shell (with `words` as $1, $2, …) when this process ends, however that happens: a handler of its own is
 * not called where it is killed, as test runners do with a test that hangs.
 */
export function guard(script: string, words: readonly string[]): Guard {
  // Of a session of its own: what is sent to the group of the tests, as Ctrl-C does, does not reach it.
  const shell = spawn('sh', ['-c', `cat > /dev/null; ${script}`, 'guard', ...words], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  shell.unref();
  for (const stream of [shell.stdin, shell.stderr]) (stream as unknown as { unref(): void }).unref();
  let told = '';
  shell.stderr.on('data', (chunk: Buffer) => {
    told += chunk;
  });
  return {
    async release() {
      if (shell.exitCode !== null) return;
      const ended = once(shell, 'close');
      shell.ref();
      shell.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`what the tests left could not be cleared away: ${told.trim() || `status ${code}`}`);
    },
  };
}
