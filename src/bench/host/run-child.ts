import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelError } from '../../errors.js';
import { atExit } from '../../fs/scratch.js';
import { type RuntimeName, runtimeTitles } from '../types.js';
import type { Answer, Job, Timings } from './protocol.js';

/** The child runs what this file is: JavaScript as installed, or TypeScript where edgeml runs from its sources. */
const extension = extname(import.meta.url);
const program = fileURLToPath(new URL(`./child${extension}`, import.meta.url));
const execArgv = extension === '.ts' ? ['--import', 'tsx'] : [];

/**
 * Measures in a process of its own, so that the memory is the runtime's and a crash is the child's. The child ends with this process.
 * @param patience Seconds beyond the job's limit, for loading, warming up and the profile, until a silent child is taken for hung.
 * Throws ModelError with a sentence where the runtime refuses the model, crashes, or hangs.
 */
export async function runChild(job: Job, patience = 60 + 2 * job.limit): Promise<Timings> {
  const answer = await answerOf(job, job.limit + patience);
  if ('timings' in answer) return answer.timings;
  if ('refusal' in answer) throw new ModelError(answer.refusal);
  throw new Error(answer.bug);
}

function answerOf(job: Job, seconds: number): Promise<Answer> {
  const child = fork(program, [], { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const title = runtimeTitles[job.runtime satisfies RuntimeName];
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const takeBack = atExit(kill);
  let words = '';
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, 1000 * seconds);
  return new Promise<Answer>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2000);
    });
    child.once('message', (answer) => resolve(answer as Answer));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const how = late ? `gave no answer within ${seconds} s and was stopped` : crashed(code, signal);
      const last = late ? undefined : words.trim().split('\n').at(-1);
      reject(new ModelError(`${title} ${how}${last ? ` (its last words: ${last})` : ''}.`));
    });
    // A child that is gone already closes, which is told above.
    child.send(job, () => undefined);
  }).finally(() => {
    clearTimeout(timer);
    takeBack();
    kill();
  });
}

function crashed(code: number | null, signal: NodeJS.Signals | null): string {
  // Linux ends the process that takes the most where memory runs out.
  if (signal === 'SIGKILL') return 'was killed while it had the model (SIGKILL; often because memory ran out)';
  return signal ? `crashed while it had the model (${signal})` : `ended while it had the model (exit code ${code})`;
}
