import { readFile } from 'node:fs/promises';
import { commandLine } from '../../../ssh/quote.js';
import type { Job, Measured } from '../types.js';
import { readLines } from './lines.js';

/** What the scripts in Python import. */
const shared = 'timing.py';

/** Sends a measuring script of this folder and runs it with an interpreter: script, its own words, model, runs, seconds, limit, threads. */
export async function measureWithScript(job: Job, script: string, words: readonly string[] = []): Promise<Measured> {
  const { runs, seconds, limit } = job.effort;
  const model = await job.modelFile();
  const path = `${job.folder}/${script}`;
  for (const file of script.endsWith('.py') ? [shared, script] : [script]) {
    await job.connection.upload(await readFile(new URL(file, import.meta.url)), `${job.folder}/${file}`);
  }
  const numbers = [runs, seconds, limit, job.threads].map(String);
  return { ...readLines(await job.run(commandLine([job.found.command, path, ...words, model, ...numbers]))), threads: job.threads };
}
