import { readFile } from 'node:fs/promises';
import { DeviceError, EdgemlError, ModelError } from '../../errors.js';
import { load } from '../../formats/index.js';
import type { Model } from '../../formats/types.js';
import { connect } from '../../ssh/connect.js';
import { quote } from '../../ssh/quote.js';
import type { Connection } from '../../ssh/types.js';
import { randomInputs } from '../inputs.js';
import type { DeviceResult } from '../types.js';
import { withFolder } from './folder.js';
import { conditions, probe } from './probe.js';
import { resultOf } from './result.js';
import { runners } from './runners/index.js';
import { type Device, type Job, Refusal, type RemoteOptions, type Runner } from './types.js';

/**
 * Measures a model on a device over SSH, with every runtime that it has: one entry each. A runtime that does not take the model
 * gives an entry with `fits: false` and its words. Nothing stays on the device.
 * Throws ModelError where the model cannot be read, DeviceError where the device cannot be reached, goes away, or has nothing to
 * run the model with.
 */
export async function measureOn(target: string, path: string, options: RemoteOptions = {}): Promise<DeviceResult[]> {
  const model = await load(path, options);
  for (const sentence of model.warnings) options.onWarning?.(sentence);
  const fitting = runners.filter((r) => (options.runtimes?.includes(r.runtime) ?? true) && r.takes(model));
  const connection = await connect(target, options.ssh);
  try {
    const device = await probe(connection, fitting);
    const present = fitting.filter((r) => device.found.has(r.name));
    if (present.length === 0) throw nothingRuns(connection, path, fitting);
    return await withFolder(connection, (folder) => measureAll(target, model, { connection, device, folder, present, options }));
  } finally {
    await connection.close();
  }
}

interface Site {
  readonly connection: Connection;
  readonly device: Device;
  readonly folder: string;
  readonly present: readonly Runner[];
  readonly options: RemoteOptions;
}

/** One entry per runtime: the next runner of the same one is tried where a runner refuses. */
async function measureAll(target: string, model: Model, site: Site): Promise<DeviceResult[]> {
  const { connection, device, folder, present, options } = site;
  const effort = { runs: options.runs ?? 50, seconds: options.seconds ?? 1, limit: options.limit ?? 120 };
  const inputs = await randomInputs(model, 0);
  let sent: Promise<string> | undefined;
  const common = {
    ...{ connection, folder, model, effort, inputs, threads: options.threads ?? device.processors },
    modelFile: (): Promise<string> => (sent ??= send(connection, model, `${folder}/model`)),
    run: runIn(connection, folder, 2 * effort.limit + 60),
  };
  const results = new Map<string, DeviceResult>();
  for (const runner of present) {
    if (results.get(runner.runtime)?.fits) continue;
    const job: Job = { ...common, found: device.found.get(runner.name) as Job['found'] };
    const entry = { model: model.path, device: target, runtime: runner.runtime, source: 'measured' } as const;
    try {
      const measured = await runner.measure(job);
      results.set(runner.runtime, { ...entry, ...resultOf(measured, job, device, await conditions(connection)) });
    } catch (error) {
      // A device that is gone ends everything; a model that does not run is an answer.
      if (!(error instanceof Refusal) && !(error instanceof EdgemlError && !(error instanceof DeviceError))) throw error;
      results.set(runner.runtime, { ...entry, fits: false, reasons: [error.message] });
    }
  }
  return [...results.values()];
}

async function send(connection: Connection, { path, fileSize }: Model, to: string): Promise<string> {
  const bytes = await readFile(path).catch((e: Error) => {
    throw new ModelError(`Cannot read ${path}: ${e.message}.`, { cause: e });
  });
  if (bytes.length < fileSize) {
    throw new Refusal(`${path} keeps its weights in files of their own, which are not sent. Save it as one file to measure it there.`);
  }
  await connection.upload(bytes, to);
  return to;
}

/**
 * The number of the process is left in the folder, so that it does not outlive the connection, and its temporary files go there
 * too: onnxruntime leaves some.
 */
function runIn(connection: Connection, folder: string, seconds: number) {
  return async (command: string, timeout = seconds): Promise<string> => {
    const text = `cd ${quote(folder)} || exit 1\nexport TMPDIR="$PWD"\necho $$ >run.pid\nexec ${command} </dev/null\n`;
    const { code, signal, stdout, stderr } = await connection.script(text, { title: 'the measurement', timeout: timeout * 1000 });
    if (code === 0) return stdout;
    const words = `${stderr.trim() || stdout.trim()}`.split('\n').slice(-3).join(' ').slice(-400);
    throw new Refusal(`It ended with ${signal ?? `status ${code}`}${words ? `: ${words}` : ''}`);
  };
}

function nothingRuns(connection: Connection, path: string, fitting: readonly Runner[]): DeviceError {
  if (fitting.length === 0) return new DeviceError(`None of the runtimes that were asked for takes ${path} over SSH. Leave --runtime out.`);
  const ways = fitting.map((r) => r.install);
  return new DeviceError(`${connection.name} has nothing to run ${path} with. Install one of these there: ${ways.join('; ')}.`);
}
