import { openData, randomData, splitDataset } from '../data/index.js';
import type { DataOptions, Dataset } from '../data/types.js';
import { type GateError, UsageError } from '../errors.js';
import { load } from '../formats/index.js';
import type { Model, ReadOptions } from '../formats/types.js';
import type { Graph } from '../ir/graph.js';
import type { IoLayout } from '../passes/io-layout.js';
import { graphMacs } from './cost.js';
import { checkGates, type Gates } from './gates.js';
import { labelWarnings } from './label-warnings.js';
import { prepare } from './prepare.js';
import { type QuantizedGraph, quantizeGraph, type Stage } from './quantize.js';
import { type RangeMethod, rangeMethods } from './ranges.js';
import { buildReport, type QuantizeReport } from './report.js';
import { type IoType, ioTypes, needsCalibration, type Scheme, schemes } from './schemes.js';
import { targets as knownTargets, type Target } from './targets.js';

export interface QuantizeOptions extends ReadOptions {
  /** A path (see `openData` for what it may hold) or samples of your own. Needed for `int8` and `int16x8`. */
  readonly calibrate?: string | Dataset;
  /** Samples that the result is judged on. Absent: a fifth of the calibration samples is held out for it. */
  readonly evaluate?: string | Dataset;
  /** How stored samples become the model's input. */
  readonly data?: DataOptions;
  /** Noise instead of data, for smoke tests: the result is worthless in the field and says so. */
  readonly randomCalibration?: boolean;
  /** Default `int8`. */
  readonly scheme?: Scheme;
  /** Type of the model's inputs and outputs. Default `int8`, which is `int16` under `int16x8`; `dynamic` and `float16` use `float32`. */
  readonly io?: IoType;
  /** Default `auto`. */
  readonly ranges?: RangeMethod | 'auto';
  /** Fully connected weights per output channel (default) or per tensor, for older runtimes and some NPUs. */
  readonly fullyConnected?: 'per-channel' | 'per-tensor';
  /** Glob patterns of node names (or `op:NAME`) that stay in float. */
  readonly keepFloat?: readonly string[];
  /** Round weights by their effect on the layer's output. Default true. */
  readonly adaptiveRounding?: boolean;
  /** Even out the channels of activations first. Default true. */
  readonly equalize?: boolean;
  /** `keep` leaves channels-first inputs and outputs as they are; `nhwc` turns them round. Default `keep`. */
  readonly ioLayout?: IoLayout;
  /** Default `['tflite']`. */
  readonly to?: readonly Target[];
  readonly gates?: Gates;
  readonly onProgress?: (stage: Stage, done: number, total: number) => void;
  /** Called once per warning, as soon as it is known; they are in the report as well. */
  readonly onWarning?: (sentence: string) => void;
}

export interface QuantizeResult {
  /** The written files, by format. */
  readonly files: Readonly<Partial<Record<Target, Uint8Array>>>;
  /** Everything that was measured, as JSON-ready data. */
  readonly report: QuantizeReport;
  /** Set where a gate was not met: one error for all of them. The caller decides whether to keep the files. */
  readonly gateError?: GateError;
}

/** Share of the calibration samples that is held out to judge the result, and the most that are. */
const heldOutShare = 0.2;
const mostHeldOut = 32;
const fewestHeldOut = 2;
/** Multiply-accumulates that judging may cost where no evaluation samples are named: about two seconds of LiteRT on a laptop. */
const judgeBudget = 8e9;

/**
 * Quantizes a model, runs every written file against the float model on held-out samples, and reports.
 * Nothing is written to disk.
 * @param source A path, or a model from `load`.
 * Throws UsageError without calibration data; ModelError or UnsupportedError where the model or the data will not do.
 */
export async function quantize(source: string | Model, options: QuantizeOptions = {}): Promise<QuantizeResult> {
  requireWords(options);
  const scheme = options.scheme ?? 'int8';
  requireIo(scheme, options.io);
  const io = options.io ?? (needsCalibration(scheme) ? 'int8' : 'float32');
  requireData(options, scheme);
  const model = typeof source === 'string' ? await load(source, options) : source;
  const prepared = prepare(model, options.ioLayout);
  const { graph } = prepared;
  const targets = options.to ?? ['tflite'];
  const warnings = new Warnings(options.onWarning);
  warnings.add(...model.warnings);
  const data = await openSamples(options, graph, warnings);
  try {
    const started = performance.now();
    const result = await quantizeGraph(graph, data, {
      scheme,
      io,
      ranges: options.ranges ?? 'auto',
      fullyConnectedPerTensor: options.fullyConnected === 'per-tensor',
      keepFloat: options.keepFloat ?? [],
      adaptiveRounding: options.adaptiveRounding ?? true,
      equalize: options.equalize ?? true,
      targets,
      progress: options.onProgress,
    });
    for (const t of result.targets) warnings.add(...labelWarnings(t.comparison, data.heldOut.classes?.length));
    const report = buildReport(model, prepared, result, {
      scheme,
      io: scheme === 'int16x8' && io === 'int8' ? 'int16' : io,
      data,
      warnings: warnings.all,
      seconds: (performance.now() - started) / 1000,
    });
    const gateError =
      options.gates &&
      checkGates(
        options.gates,
        result.targets.map((t) => ({ subject: `the ${t.target === 'onnx' ? '.onnx' : '.tflite'} file`, comparison: t.comparison })),
      );
    return { files: filesOf(result), report, ...(gateError && { gateError }) };
  } finally {
    for (const d of new Set(data.opened)) await d.close();
  }
}

const filesOf = (result: QuantizedGraph): Partial<Record<Target, Uint8Array>> =>
  Object.fromEntries(result.targets.map((t) => [t.target, t.bytes]));

/** TypeScript knows the words; JavaScript and `as` do not. Throws UsageError naming the option. */
function requireWords({ scheme, io, ranges, fullyConnected, ioLayout, to }: QuantizeOptions): void {
  const check = (option: string, given: readonly unknown[], words: readonly string[]): void => {
    const strange = given.find((w) => w !== undefined && !words.includes(w as string));
    if (strange !== undefined) throw new UsageError(`${option} is '${strange}', which is not one of ${words.join(', ')}.`);
  };
  check('scheme', [scheme], schemes);
  check('io', [io], ioTypes);
  check('ranges', [ranges], ['auto', ...rangeMethods]);
  check('fullyConnected', [fullyConnected], ['per-channel', 'per-tensor']);
  check('ioLayout', [ioLayout], ['keep', 'nhwc']);
  check('to', to ?? [], knownTargets);
  if (to?.length === 0) throw new UsageError(`to is empty: name at least one of ${knownTargets.join(', ')}.`);
}

function requireIo(scheme: Scheme, io: IoType | undefined): void {
  if (io === undefined || io === 'float32' || scheme === 'int8') return;
  const activations = scheme === 'int16x8' ? 'has int16 activations' : 'keeps activations in float';
  throw new UsageError(`The ${scheme} scheme ${activations}: --io ${io} does not go with it. Use --io float32 or leave it out.`);
}

function requireData(options: QuantizeOptions, scheme: Scheme): void {
  if (options.calibrate !== undefined || options.randomCalibration || !needsCalibration(scheme)) return;
  throw new UsageError(
    `The ${scheme} scheme needs calibration samples: 50 to 200 typical inputs. Give them with --calibrate PATH: a folder of images, a .npy or .npz file, a folder of raw .bin or .wav files, or CSV rows. ` +
      'For a smoke test without data there is --random-calibration; for weights alone, --scheme dynamic or float16.',
  );
}

/** Warnings, each once. */
class Warnings {
  readonly all: string[] = [];
  private readonly tell: ((sentence: string) => void) | undefined;

  constructor(tell?: (sentence: string) => void) {
    this.tell = tell;
  }

  add(...sentences: string[]): void {
    for (const s of sentences) {
      if (this.all.includes(s)) continue;
      this.all.push(s);
      this.tell?.(s);
    }
  }
}

/** The samples of one run: what is fitted on and what is judged on. */
export interface Samples {
  readonly calibration?: Dataset;
  /** Samples that `ranges: 'auto'` chooses by: held out of calibration, and the judging ones unless `evaluate` gives others. */
  readonly choice?: Dataset;
  readonly heldOut: Dataset;
  /** Where the held-out samples come from. */
  readonly heldOutFrom: 'evaluate' | 'calibrate' | 'random';
  readonly opened: readonly Dataset[];
}

async function openSamples(options: QuantizeOptions, graph: Graph, warnings: Warnings): Promise<Samples> {
  const open = (d: string | Dataset, more: DataOptions = {}): Promise<Dataset> | Dataset =>
    typeof d === 'string' ? openData(d, graph.inputs, { ...options.data, ...more }) : d;
  if (options.calibrate === undefined) {
    warnings.add(
      options.randomCalibration
        ? 'CALIBRATED WITH RANDOM NOISE: ranges and figures below say nothing about real inputs. Use this model for smoke tests only.'
        : 'No samples were given: the result is compared with the float model on random noise, which says little about real inputs.',
    );
    const calibration = randomData(graph.inputs, { samples: options.data?.samples ?? 16, seed: options.data?.seed });
    const heldOut = randomData(graph.inputs, { samples: 8, seed: (options.data?.seed ?? 0) + 1 });
    return { calibration, heldOut, heldOutFrom: 'random', opened: [calibration, heldOut] };
  }
  // A file of labels is for the samples that are judged.
  const all = await open(options.calibrate, options.evaluate === undefined ? {} : { labels: undefined });
  warnings.add(...all.warnings);
  if (all.size < 10)
    warnings.add(`Only ${all.size} calibration sample${all.size === 1 ? '' : 's'}: ranges from so few are a guess; 50 to 200 are usual.`);
  const affordable = Math.max(fewestHeldOut, Math.floor(judgeBudget / Math.max(graphMacs(graph), 1)));
  const held = Math.max(1, Math.min(mostHeldOut, affordable, Math.round(heldOutShare * all.size)));
  const parts = splitDataset(all, { heldOut: held, seed: options.data?.seed });
  // Of a single sample nothing can be held out.
  const choice = parts.heldOut.size > 0 ? parts.heldOut : all;
  if (options.evaluate === undefined) return { ...parts, choice, heldOut: choice, heldOutFrom: 'calibrate', opened: [all] };
  const heldOut = await open(options.evaluate, { samples: undefined });
  warnings.add(...heldOut.warnings);
  return { calibration: parts.calibration, choice, heldOut, heldOutFrom: 'evaluate', opened: [all, heldOut] };
}
