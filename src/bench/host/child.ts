import { readFileSync } from 'node:fs';
import { EdgemlError } from '../../errors.js';
import type { LayerShare } from '../types.js';
import { type Answer, type Effort, type Job, mostRuns, type Timings } from './protocol.js';

/** A model in a runtime, with its inputs. */
export interface Loaded {
  readonly version: string;
  run(): Promise<unknown>;
  /** Times of the layers, or why there are none. Called after everything else was measured. */
  layers(): Promise<readonly LayerShare[] | string>;
}

/**
 * The program of the child process: takes one job, answers once and ends. It loads nothing but the runtime and the model, so that the
 * process's peak memory is theirs and Node.js's own.
 */
process.once('message', async (job: Job) => {
  const answer = await attempt(job);
  process.send?.(answer, () => process.disconnect());
});
// The parent is gone: nobody waits for the answer.
process.once('disconnect', () => process.exit());

async function attempt(job: Job): Promise<Answer> {
  try {
    return { timings: await measure(job) };
  } catch (error) {
    if (error instanceof EdgemlError) return { refusal: error.message };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function measure(job: Job): Promise<Timings> {
  const before = process.memoryUsage.rss();
  const loaded =
    job.runtime === 'litert' ? await (await import('./litert.js')).open(job) : await (await import('./onnxruntime.js')).open(job);
  const warmUp = await repeat(loaded, { runs: 3, seconds: job.seconds / 2, limit: job.limit / 10 });
  const milliseconds = Float64Array.from(await repeat(loaded, job));
  const memory = { before, peak: peakMemory() };
  const layers = job.profileFolder === undefined ? undefined : await loaded.layers();
  return {
    ...{ version: loaded.version, milliseconds, warmUp: warmUp.length, memory },
    ...(typeof layers === 'string' ? { noLayers: layers } : { layers }),
  };
}

/** Runs the model for as long as asked; the time of each run, ms. */
async function repeat(loaded: Loaded, { runs, seconds, limit }: Effort): Promise<number[]> {
  const times: number[] = [];
  const begin = performance.now();
  for (let start = begin; times.length < mostRuns; ) {
    await loaded.run();
    const end = performance.now();
    times.push(end - start);
    start = performance.now();
    const passed = (start - begin) / 1000;
    if (passed > limit || (times.length >= runs && passed >= seconds)) break;
  }
  return times;
}

/**
 * The most memory that was resident, bytes. On Linux `maxRSS` begins with what the parent had when it forked, so the process's own
 * high-water mark is read instead.
 */
function peakMemory(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes) return Number(kilobytes) * 1024;
  } catch {
    // No such file: not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
