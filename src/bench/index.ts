import type { DataOptions } from '../data/types.js';
import { type GateError, UsageError } from '../errors.js';
import type { ReadOptions } from '../formats/types.js';
import type { SshOptions } from '../ssh/settings.js';
import { type BenchGates, checkBenchGates, withinGates } from './gates.js';
import { describeModel } from './models.js';
import { type Ranking, rank } from './rank.js';
import type { BenchReport, DeviceResult, RuntimeName } from './types.js';

export interface BenchOptions extends ReadOptions, BenchGates {
  /** Names, aliases or families of device profiles, or 'all'. */
  readonly devices?: readonly string[];
  /** Files with profiles of the user's own; each is a device of the run. */
  readonly profiles?: readonly string[];
  /** Only these. */
  readonly runtimes?: readonly RuntimeName[];
  /** Measure on this machine. */
  readonly host?: boolean;
  /** Cores to count instructions on, names of `cpus`. */
  readonly emulate?: readonly string[];
  /** `user@host` to measure on over SSH. */
  readonly on?: readonly string[];
  readonly ssh?: SshOptions;
  readonly runs?: number;
  readonly threads?: number;
  readonly perLayer?: boolean;
  /** Puts the results in order, those that keep to all gates first; then one that does is enough. */
  readonly rank?: Ranking;
  /** Labelled samples: the report then says how accurate each model is. */
  readonly evaluate?: string;
  readonly data?: DataOptions;
  readonly onWarning?: (sentence: string) => void;
  /** What is being done, for a progress line. */
  readonly onProgress?: (what: string) => void;
}

export interface BenchResult {
  readonly report: BenchReport;
  readonly gateError?: GateError;
}

/**
 * Estimates or measures models on devices: named ones from their profiles, this machine, an emulated core, hosts over SSH.
 * Throws UsageError where nothing says where, or a name is unknown; ModelError and UnsupportedError for models that cannot be
 * read; DeviceError where a host or an emulator is not there.
 */
export async function bench(models: readonly string[], options: BenchOptions): Promise<BenchResult> {
  if (models.length === 0) throw new UsageError('No model was given. Name one: edgeml bench MODEL --device NAME.');
  const places = [options.devices, options.profiles, options.emulate, options.on].some((list) => list && list.length > 0) || options.host;
  if (!places) {
    throw new UsageError('Say where: --device NAMES (or all) to estimate, --host, --emulate CORE or --on user@host to measure.');
  }
  const warnings: string[] = [];
  const onWarning = (sentence: string): void => {
    if (warnings.includes(sentence)) return;
    warnings.push(sentence);
    options.onWarning?.(sentence);
  };
  const run = { ...options, onWarning };
  const described: BenchReport['models'][number][] = [];
  const results: DeviceResult[] = [];
  for (const path of models) {
    described.push(await describeModel(path, run));
    results.push(...(await resultsOf(path, run)));
  }
  if (results.length === 0) {
    throw new UsageError(`None of the devices runs ${(options.runtimes ?? []).join(' or ')}. Leave --runtime out to see what they run.`);
  }
  const devices = options.perLayer ? results : results.map(({ layers, ...rest }) => rest);
  const base = { schema: 'edgeml.bench/1', models: described, warnings } as const;
  if (options.rank) {
    const { results: marked, gateError } = withinGates(options, devices);
    return { report: { ...base, devices: rank(marked, options.rank) }, ...(gateError && { gateError }) };
  }
  const gateError = checkBenchGates(options, devices);
  return { report: { ...base, devices }, ...(gateError && { gateError }) };
}

async function resultsOf(path: string, options: BenchOptions): Promise<DeviceResult[]> {
  const wanted = ({ runtime }: DeviceResult): boolean => !options.runtimes || options.runtimes.includes(runtime);
  const results: DeviceResult[] = [];
  if (options.devices?.length || options.profiles?.length) {
    const { estimateOn } = await import('./estimate/index.js');
    results.push(...(await estimateOn(path, options)));
  }
  if (options.host) {
    options.onProgress?.(`Measuring ${path} here`);
    const { hostRuntimes, measureHost } = await import('./host/index.js');
    results.push(...(await measureHost(path, hostOptions(options, hostRuntimes))));
  }
  for (const core of options.emulate ?? []) {
    options.onProgress?.(`Running ${path} on an emulated ${core}`);
    const { emulateOn } = await import('./emulate.js');
    results.push(...(await emulateOn(path, core, options)));
  }
  for (const target of options.on ?? []) {
    options.onProgress?.(`Measuring ${path} on ${target}`);
    const { measureOn } = await import('./remote/index.js');
    results.push(...(await measureOn(target, path, options)));
  }
  return results.filter(wanted);
}

/** Of the runtimes that were asked for those that can be measured here. */
const hostOptions = <R extends RuntimeName>({ runtimes, ...rest }: BenchOptions, known: readonly R[]) => ({
  ...rest,
  ...(runtimes && { runtimes: known.filter((r) => runtimes.includes(r)) }),
});
