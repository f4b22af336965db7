import { EdgemlError } from '../../errors.js';
import type { Model } from '../../formats/types.js';
import { withScratchFolder } from '../../fs/scratch.js';
import type { NamedInput } from '../inputs.js';
import { reasonsOf } from '../reasons.js';
import { type DeviceResult, type Latency, runtimeTitles } from '../types.js';
import type { HostOptions, HostRuntime } from './index.js';
import type { Machine } from './machine.js';
import { withMacs } from './onnxruntime-profile.js';
import type { ChildRuntime, Effort } from './protocol.js';
import { quantile } from './statistics.js';

/** A model on this machine, and how hard it is measured. */
export interface Task {
  readonly model: Model;
  readonly inputs: readonly NamedInput[];
  readonly machine: Machine;
  readonly options: HostOptions;
  readonly effort: Effort;
}

type Measured = Omit<DeviceResult, 'model' | 'device' | 'runtime' | 'source'>;

/**
 * Measures one runtime; where it refuses the model, or crashes on it, `fits` is false and the reasons are sentences.
 * Undefined where the runtime is not there and was not asked for by name.
 */
export async function measureOne(runtime: HostRuntime, task: Task): Promise<Measured | undefined> {
  try {
    return await withScratchFolder('bench', (folder) => (runtime === 'edgeml-c' ? asC(task, folder) : inChild(runtime, task, folder)));
  } catch (error) {
    if (!(error instanceof EdgemlError)) throw error;
    return { fits: false, reasons: reasonsOf(error, runtime) };
  }
}

async function inChild(runtime: ChildRuntime, { model, inputs, machine, options, effort }: Task, folder: string): Promise<Measured> {
  const [{ mkdir }, { join }, { fileFor }, { runChild }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('./model-file.js'),
    import('./run-child.js'),
  ]);
  const file = await fileFor(runtime, model, options, folder);
  const profileFolder = join(folder, 'profile');
  await mkdir(profileFolder);
  const { threads, perLayer = false } = options;
  const timings = await runChild({
    ...{ runtime, path: file.path, inputs, ...effort },
    ...(threads !== undefined && { threads }),
    ...(perLayer && { profileFolder }),
  });
  const { before, peak } = timings.memory;
  const layers = timings.layers && withMacs(timings.layers, model.graph);
  const said = [
    `${timings.version}, ${threadsOf(runtime, threads)}${file.own ? '' : `, from the model as edgeml writes it for ${runtimeTitles[runtime]}`}`,
    machine.about,
    'memory is the peak of a process with nothing but Node.js, the runtime and the model',
    ...(layers ? ['times of layers by its profiler, which adds some microseconds to each'] : []),
    ...(timings.noLayers ? [`no times of layers: ${timings.noLayers}`] : []),
  ];
  return {
    fits: true,
    ram_bytes: peak,
    ram_parts: [
      { what: 'Node.js', bytes: before },
      { what: 'runtime and model', bytes: peak - before },
    ],
    flash_bytes: file.size,
    flash_parts: [{ what: 'model file', bytes: file.size }],
    ...times(timings, said),
    ...(layers && { layers }),
  };
}

function threadsOf(runtime: ChildRuntime, threads: number | undefined): string {
  if (runtime === 'litert') return '1 thread (its WebAssembly build has no more)';
  return threads === undefined ? 'its own number of threads' : `${threads} thread${threads === 1 ? '' : 's'}`;
}

async function asC({ model, inputs, machine, options, effort }: Task, folder: string): Promise<Measured | undefined> {
  const { findCompiler, timeC } = await import('./edgeml-c.js');
  const compiler = await findCompiler();
  if (!compiler) {
    if (!options.runtimes) return undefined;
    return { fits: false, reasons: ['There is no C compiler: install one that is called cc, or name it in the variable CC.'] };
  }
  const timings = await timeC(model, inputs, { ...effort, perLayer: options.perLayer ?? false }, compiler, folder);
  const { program, size, peak, layers } = timings;
  const said = [`${timings.version}, 1 thread`, machine.about, 'memory is the peak of a program with nothing but the model'];
  return {
    fits: true,
    ...(peak > 0 && {
      ram_bytes: peak,
      ram_parts: [
        { what: 'arena', bytes: program.arenaBytes },
        { what: 'program and C library', bytes: peak - program.arenaBytes },
      ],
    }),
    flash_bytes: size,
    flash_parts: [
      { what: 'weights and tables', bytes: program.constantBytes },
      { what: 'code', bytes: size - program.constantBytes },
    ],
    ...times(timings, said),
    ...(layers && { layers }),
  };
}

/** Latency, and the sentence that says how it was come by. */
function times(
  { milliseconds, warmUp }: { readonly milliseconds: Float64Array; readonly warmUp: number },
  said: readonly string[],
): { latency_ms: Latency; how: string } {
  const sorted = Float64Array.from(milliseconds).sort();
  const at = (share: number): number => quantile(sorted, share);
  const count = `${sorted.length} run${sorted.length === 1 ? '' : 's'}`;
  const [p10, p50, p90, p99] = [0.1, 0.5, 0.9, 0.99].map(at);
  const shown = Object.entries({ p10, p50, p90, p99 }).map(([name, ms]) => `${name} ${ms.toPrecision(3)} ms`);
  return { latency_ms: { p10, p50, p90 }, how: `Middle of ${count} after ${warmUp} to warm up (${shown.join(', ')}); ${said.join('; ')}.` };
}
