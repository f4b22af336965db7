import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../errors.js';
import type { Loaded } from './child.js';
import { layersOfProfile } from './onnxruntime-profile.js';
import type { Job } from './protocol.js';

type Ort = typeof import('onnxruntime-node');
type OrtSession = import('onnxruntime-node').InferenceSession;
type SessionOptions = import('onnxruntime-node').InferenceSession.SessionOptions;

/** Runs whose profile is read, after some that warm up. */
const profiled = { warmUp: 2, runs: 20 };
/** The part of a job's limit after which one run has to do. */
const share = 1 / 10;

/**
 * Loads a model file into onnxruntime with the options that it has by default (memory arena, spinning threads), other than
 * src/runtime, which spares memory. Throws ModelError with the runtime's words where it refuses.
 */
export async function open(job: Job): Promise<Loaded> {
  const ort = await importOrt();
  const options: SessionOptions = { logSeverityLevel: 4, ...(job.threads !== undefined && { intraOpNumThreads: job.threads }) };
  const session = await create(ort, job, options);
  const feeds = feedsOf(ort, session, job);
  return {
    version: `onnxruntime-node ${ort.env.versions.node ?? ''}`.trim(),
    run: () => run(session, feeds),
    async layers() {
      if (job.profileFolder === undefined) return 'no profile was asked for';
      await session.release();
      const prefix = join(job.profileFolder, 'profile');
      const observed = await create(ort, job, { ...options, enableProfiling: true, profileFilePrefix: prefix });
      const end = performance.now() + 1000 * share * job.limit;
      for (let i = 0; i < profiled.warmUp + profiled.runs && (i <= profiled.warmUp || performance.now() < end); i++)
        await run(observed, feeds);
      observed.endProfiling();
      const [file] = await readdir(job.profileFolder);
      if (file === undefined) return 'this onnxruntime writes no profile';
      return layersOfProfile(await readFile(join(job.profileFolder, file), 'utf8'), profiled.warmUp);
    },
  };
}

async function importOrt(): Promise<Ort> {
  try {
    return await import('onnxruntime-node');
  } catch (e) {
    const why = e instanceof Error ? e.message.split('\n')[0] : String(e);
    throw new ModelError(`onnxruntime-node cannot be loaded (${why}). Install it with \`npm install onnxruntime-node\`.`, { cause: e });
  }
}

/** By path, so that weights in files of their own are found. */
async function create(ort: Ort, job: Job, options: SessionOptions): Promise<OrtSession> {
  try {
    return await ort.InferenceSession.create(job.path, options);
  } catch (e) {
    throw new ModelError(`onnxruntime refuses the model: ${said(e)}`, { cause: e });
  }
}

async function run(session: OrtSession, feeds: Parameters<OrtSession['run']>[0]): Promise<unknown> {
  try {
    return await session.run(feeds);
  } catch (e) {
    throw new ModelError(`onnxruntime fails to run the model: ${said(e)}`, { cause: e });
  }
}

/** Inputs by their names, or where a file names them otherwise by position. */
function feedsOf(ort: Ort, session: OrtSession, { inputs }: Job): Parameters<OrtSession['run']>[0] {
  return Object.fromEntries(
    session.inputNames.map((name, i) => {
      const given = inputs.find((t) => t.name === name) ?? inputs[i];
      return [name, new ort.Tensor(given.dtype as 'float32', given.data as Float32Array, [...given.shape])];
    }),
  );
}

const said = (e: unknown): string => (e instanceof Error ? e.message : String(e)).replace(/\s+/g, ' ').trim();
