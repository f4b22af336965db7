import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Backend, CaseResult, Outcome } from './types.js';
import type { Reply, Task } from './worker.js';

/** A case that takes longer hangs: the slowest honest one is two orders of magnitude faster. */
const secondsPerCase = 60;
/** The wasm heap of LiteRT only grows: a worker is replaced after this many cases. */
const casesPerWorker = 250;

interface Options {
  readonly root: string;
  readonly names: readonly string[];
  readonly backends: readonly Backend[];
  readonly workers: number;
  readonly onResult?: (result: CaseResult) => void;
  /** The script that judges, and how long it may take for one case; for tests. */
  readonly script?: URL;
  readonly seconds?: number;
}

/** Judges the cases in child processes; a crash or a hang makes that one case wrong and the run goes on. */
export async function judgeAll({ root, names, backends, workers, onResult, ...options }: Options): Promise<CaseResult[]> {
  const { script = new URL('worker.ts', import.meta.url), seconds = secondsPerCase } = options;
  const queue = [...names];
  const results: CaseResult[] = [];
  const lane = async (): Promise<void> => {
    let worker: ChildProcess | undefined;
    for (let done = 1; queue.length > 0; done++) {
      const name = queue.shift() as string;
      worker ??= fork(fileURLToPath(script), {
        execArgv: ['--import', 'tsx'],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      const result = await ask(worker, { root, name, backends }, seconds);
      results.push(result);
      onResult?.(result);
      if (!worker.connected || done % casesPerWorker === 0) {
        worker.kill('SIGKILL');
        worker = undefined;
      }
    }
    worker?.kill();
  };
  await Promise.all(Array.from({ length: workers }, lane));
  return results.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ask(worker: ChildProcess, task: Task, seconds: number): Promise<CaseResult> {
  return new Promise((resolve) => {
    let noise = '';
    const listen = (chunk: Buffer) => {
      noise = (noise + chunk).slice(-2000);
    };
    const finish = (result: CaseResult) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('exit', onExit);
      worker.stdout?.off('data', listen);
      worker.stderr?.off('data', listen);
      resolve(result);
    };
    const failed = (reason: string) => finish(allWrong(task, reason));
    const onMessage = (reply: Reply) => ('result' in reply ? finish(reply.result) : failed(reply.error));
    const onExit = (code: number | null, signal: string | null) => failed(`the process ended with ${signal ?? code}: ${noise.trim()}`);
    const timer = setTimeout(() => {
      worker.disconnect();
      failed(`no answer within ${seconds} s`);
    }, seconds * 1000);
    worker.stdout?.on('data', listen);
    worker.stderr?.on('data', listen);
    worker.on('message', onMessage).on('exit', onExit);
    worker.send(task, (e) => e && failed(`the process cannot be reached: ${e.message}`));
  });
}

function allWrong({ name, backends }: Task, reason: string): CaseResult {
  const outcome: Outcome = { verdict: 'wrong', reason };
  return { name, operator: 'several', opset: 0, backends: Object.fromEntries(backends.map((b) => [b, outcome])) };
}
