import { UsageError } from '../../errors.js';
import type { ReadOptions } from '../../formats/types.js';
import { randomInputs } from '../inputs.js';
import type { DeviceResult, RuntimeName } from '../types.js';

/** What can be measured here. */
export const hostRuntimes = ['onnxruntime', 'litert', 'edgeml-c'] as const satisfies readonly RuntimeName[];
export type HostRuntime = (typeof hostRuntimes)[number];

export interface HostOptions extends ReadOptions {
  /** Only these, of {@link hostRuntimes}. Default: all that are there. */
  readonly runtimes?: readonly RuntimeName[];
  /** At least this many runs; default 50. */
  readonly runs?: number;
  /** At least for this long; default 1. */
  readonly seconds?: number;
  /** No run of a model begins after so many seconds, however few there were; default 120. */
  readonly limit?: number;
  /** Threads within an operator, onnxruntime only; default: its own choice. */
  readonly threads?: number;
  /** Times of layers as well, where the runtime gives them. Default false. */
  readonly perLayer?: boolean;
  /** Of the random inputs. Default 0. */
  readonly seed?: number;
  /** Called once for each warning. */
  readonly onWarning?: (sentence: string) => void;
}

/**
 * Measures a model on this machine with onnxruntime, LiteRT and, where a C compiler is there, as edgeml's own C: each runtime in a
 * process of its own, on random inputs. A runtime that cannot take the model gives an entry with `fits: false` and the reason.
 * Throws ModelError, UnsupportedError or NeedsConstantError where the model cannot be read, UsageError for options out of range.
 */
export async function measureHost(path: string, options: HostOptions = {}): Promise<DeviceResult[]> {
  const effort = { runs: options.runs ?? 50, seconds: options.seconds ?? 1, limit: options.limit ?? 120 };
  check({ ...effort, ...(options.threads !== undefined && { threads: options.threads }) });
  const [{ load }, { describeMachine }, { measureOne }] = await Promise.all([
    import('../../formats/index.js'),
    import('./machine.js'),
    import('./measure.js'),
  ]);
  const model = await load(path, options);
  for (const sentence of model.warnings) options.onWarning?.(sentence);
  const machine = await describeMachine();
  if (machine.warning) options.onWarning?.(machine.warning);
  const inputs = await randomInputs(model, options.seed ?? 0);
  const task = { model, inputs, machine, options, effort };
  const results: DeviceResult[] = [];
  for (const runtime of hostRuntimes.filter((r) => options.runtimes?.includes(r) ?? true)) {
    const measured = await measureOne(runtime, task);
    if (measured) results.push({ model: path, device: 'host', runtime, ...measured, source: 'measured' });
  }
  return results;
}

function check(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    const whole = name === 'runs' || name === 'threads';
    if (Number.isFinite(value) && value >= (whole ? 1 : 0) && (!whole || Number.isInteger(value))) continue;
    throw new UsageError(`${name} is ${value}: it has to be a ${whole ? 'whole number above 0' : 'number of seconds'}.`);
  }
}
