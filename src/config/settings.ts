import { ioTypes, schemes } from '../quantize/schemes.js';
import type { Target } from '../quantize/targets.js';
import { connecting, latency, measuring, showing, where } from './bench-settings.js';
import { generation, micro, plainC, sizes } from './codegen-settings.js';
import { bundling, devices, goingBack, health, keys, recording, rollout } from './deploy-settings.js';
import type { Setting, ValueOf } from './kinds.js';

export type { Kind, Setting, ValueOf } from './kinds.js';

const targets = ['tflite', 'onnx'] as const satisfies readonly Target[];

/** How samples are prepared. In edgeml.yaml under `data:`, for every verb, or under a verb. */
const data = {
  samples: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'use at most so many samples, a random choice by --seed' },
  seed: { type: { kind: 'integer', min: 0 }, value: 'n', about: 'seed of everything random (default: 0)' },
  take: { type: { kind: 'choice', words: ['random', 'first'] }, value: 'which', about: 'which samples --samples takes (default: random)' },
  resize: {
    type: { kind: 'choice', words: ['stretch', 'crop', 'letterbox'] },
    value: 'how',
    about: 'images: stretch, crop the centre, or letterbox to the size of the input (default: stretch)',
  },
  filter: {
    type: { kind: 'choice', words: ['bilinear', 'bicubic', 'nearest'] },
    value: 'name',
    about: 'images: resampling filter (default: bilinear)',
  },
  cropFraction: {
    type: { kind: 'number', above: 0, max: 1 },
    value: 'share',
    about: 'images, crop: share of the shorter side that is kept; 0.875 is "resize to 256, crop 224" (default: 1)',
  },
  pad: { type: { kind: 'number' }, value: 'level', about: 'images, letterbox: pixel value of the border, 0 to 255 (default: 0)' },
  channels: {
    type: { kind: 'choice', words: ['rgb', 'bgr'] },
    value: 'order',
    about: 'images: order of the colour channels that the model takes (default: rgb)',
  },
  mean: {
    type: { kind: 'numbers' },
    value: 'numbers',
    about: 'subtracted from stored values (pixels are 0 to 255): one number, or one per channel (default: 0)',
  },
  std: { type: { kind: 'numbers' }, value: 'numbers', about: 'then divided by: one number, or one per channel (default: 1)' },
  scale: { type: { kind: 'number' }, value: 'number', about: 'then multiplied by, in place of --std' },
  raw: {
    type: { kind: 'choice', words: ['uint8', 'int8', 'int16', 'float32'] },
    value: 'type',
    about: 'raw .bin files: element type, little endian',
  },
  layout: {
    type: { kind: 'choice', words: ['nhwc', 'nchw'] },
    value: 'order',
    about: "raw, .npy, .npz: layout of the stored samples, where it is not the model's",
  },
  window: { type: { kind: 'integer', min: 1 }, value: 'n', about: 'raw, .wav: elements of a sample cut from a longer file' },
  step: {
    type: { kind: 'integer', min: 1 },
    value: 'n',
    about: 'raw, .wav: cut longer files into samples that begin every so many elements',
  },
  sampleRate: {
    type: { kind: 'integer', min: 1 },
    value: 'hertz',
    about: '.wav: sample rate that the model was trained with; other files are resampled',
  },
  labels: {
    type: { kind: 'path' },
    value: 'file',
    about: 'CSV or JSON of labels (default: y_labels.csv, labels.csv or labels.json in the folder, else its sub-folders are classes)',
  },
  labelColumn: { type: { kind: 'text' }, value: 'column', about: 'CSV rows: name or number (from 1) of the column that holds the label' },
  classes: { type: { kind: 'names' }, value: 'names', about: "class names in the order of the model's outputs, where that is not sorted" },
  labelOffset: {
    type: { kind: 'integer', min: Number.MIN_SAFE_INTEGER },
    value: 'n',
    about: "added to every class index: 1 where the model's first class is a background that labels leave out (default: 0)",
  },
  perInput: {
    type: { kind: 'per-input' },
    only: 'yaml',
    about: 'settings of this section that differ for one input of several, by its name',
  },
} as const satisfies Record<string, Setting>;

const gates = {
  maxDrop: {
    type: { kind: 'share' },
    value: 'share',
    about: 'largest loss of top-1 accuracy (without labels: of agreement with the float model), e.g. 1% or 0.01',
  },
  minSqnr: { type: { kind: 'number' }, value: 'dB', about: 'smallest SQNR of every output' },
} as const satisfies Record<string, Setting>;

const model = {
  inputShape: {
    type: { kind: 'shapes' },
    value: 'name=1,3,224,224',
    about: 'fix free dimensions of an input; repeatable; without a name for the only input',
  },
} as const satisfies Record<string, Setting>;

const samples = {
  calibrate: {
    type: { kind: 'path' },
    value: 'path',
    about: 'typical inputs, 50 to 200: a folder of images, raw .bin or .wav files, a .npy, .npz or .csv file',
  },
  evaluate: {
    type: { kind: 'path' },
    value: 'path',
    about: 'samples that the result is judged on (default: a held-out fifth of --calibrate)',
    elsewhere: { bench: { value: 'path', about: 'labelled samples: also say how accurate each model is' } },
  },
  randomCalibration: { type: { kind: 'switch' }, about: 'calibrate with noise, for smoke tests: the result is useless in the field' },
} as const satisfies Record<string, Setting>;

const quantization = {
  scheme: {
    type: { kind: 'choice', words: schemes },
    value: 'name',
    about: 'int8, int16x8 (int16 activations), dynamic (int8 weights only) or float16 (default: int8)',
  },
  io: {
    type: { kind: 'choice', words: ioTypes },
    value: 'type',
    about:
      "type of the model's inputs and outputs: int8, uint8 or float32 (default: int8; int16 with --scheme int16x8; float32 with dynamic and float16)",
  },
  ranges: {
    type: { kind: 'choice', words: ['auto', 'minmax', 'percentile', 'mse', 'kl'] },
    value: 'method',
    about: 'how activation ranges are found: minmax, percentile, mse, kl, or auto, which tries them (default: auto)',
  },
  fc: {
    type: { kind: 'choice', words: ['per-channel', 'per-tensor'] },
    value: 'scales',
    about: 'scales of fully connected weights; per-tensor for runtimes before August 2024 and some NPUs (default: per-channel)',
  },
  keepFloat: {
    type: { kind: 'patterns' },
    value: 'pattern',
    about: "leave nodes in float: a name with *, or op:NAME for an operator; repeatable ('edgeml inspect --layers' lists names)",
  },
  equalize: { type: { kind: 'switch' }, negated: true, about: 'do not even out the channels of activations first' },
  adaptiveRounding: {
    type: { kind: 'switch' },
    negated: true,
    about: "round weights to nearest, not by their effect on the layer's output",
  },
} as const satisfies Record<string, Setting>;

const writing = {
  output: {
    type: { kind: 'path' },
    value: 'file',
    short: 'o',
    about: 'file to write, or stem of several (default: NAME_int8.tflite in the working directory)',
    elsewhere: {
      codegen: { value: 'folder', about: 'folder to write into (default: NAME_c or NAME_tflm in the working directory)' },
      bundle: { value: 'file', about: 'bundle to write (default: NAME-VERSION.edgeml in the working directory)' },
      key: { value: 'file', about: 'secret key to write; the public key goes beside it, as FILE.pub (default: edgeml.key)' },
    },
  },
  to: {
    type: { kind: 'choices', words: targets },
    value: 'formats',
    about: "tflite, onnx or tflite,onnx (default: --output's extension, else tflite)",
  },
  ioLayout: {
    type: { kind: 'choice', words: ['keep', 'nhwc'] },
    value: 'layout',
    about: 'channels-first inputs and outputs: keep them or turn them to nhwc (default: keep)',
  },
} as const satisfies Record<string, Setting>;

const verification = {
  data: { type: { kind: 'path' }, value: 'path', about: 'samples to compare on: what --calibrate of quantize takes' },
} as const satisfies Record<string, Setting>;

const listing = {
  layers: { type: { kind: 'switch' }, only: 'flags', about: 'list every node with its shape, parameters and multiply-accumulates' },
  tensors: { type: { kind: 'switch' }, only: 'flags', about: 'list every quantized tensor with scale, zero point and axis' },
} as const satisfies Record<string, Setting>;

const printing = {
  json: { type: { kind: 'switch' }, only: 'flags', about: 'print the result as one JSON document' },
  quiet: { type: { kind: 'switch' }, short: 'q', only: 'flags', about: 'no progress, and only the essential on stdout' },
} as const satisfies Record<string, Setting>;

/** Every setting by its name in code; `kebab` of it is its flag and its key in edgeml.yaml. */
export const settings = {
  ...samples,
  ...quantization,
  ...writing,
  ...verification,
  ...generation,
  ...plainC,
  ...micro,
  ...where,
  ...measuring,
  ...connecting,
  ...showing,
  ...bundling,
  ...devices,
  ...health,
  ...rollout,
  ...recording,
  ...goingBack,
  ...keys,
  ...model,
  ...data,
  ...gates,
  ...sizes,
  ...latency,
  ...listing,
  ...printing,
};

export type SettingName = keyof typeof settings;
export type Values = { readonly [K in SettingName]?: ValueOf<(typeof settings)[K]['type']> };

const names = <T extends object>(group: T): readonly SettingName[] => Object.keys(group) as SettingName[];

/** A heading of `--help` and what stands under it. */
export interface SettingGroup {
  readonly title: string;
  readonly names: readonly SettingName[];
}

const group = (title: string, settingsOfIt: object): SettingGroup => ({ title, names: names(settingsOfIt) });
const common = { data: group('Preparing samples:', data), gates: group('Gates (exit code 1 where one is not met):', gates) };

/** What each verb takes, in the order of its `--help`. */
export const verbs = {
  quantize: [
    group('Samples:', samples),
    group('Quantization:', quantization),
    group('Files:', { ...writing, ...model }),
    common.data,
    common.gates,
    group('Output:', printing),
  ],
  verify: [group('Samples:', { ...verification, ...model }), common.data, common.gates, group('Output:', printing)],
  codegen: [
    group('Code:', { ...generation, classes: data.classes, output: writing.output }),
    group('Plain C (--for c):', plainC),
    group('TensorFlow Lite Micro (--for tflm):', micro),
    group('Model:', model),
    group('Gates (exit code 1 where one is not met):', sizes),
    group('Output:', printing),
  ],
  bench: [
    group('Where:', where),
    group('Measuring (--host, --emulate, --on):', { ...measuring, ...connecting }),
    group('Model:', { ...model, evaluate: samples.evaluate }),
    group('Gates (exit code 1 where one is not met on a device):', { ...sizes, ...latency }),
    group('Output:', { ...showing, ...printing }),
    common.data,
  ],
  inspect: [group('Model:', model), group('Bundle:', { trust: health.trust }), group('Output:', { ...listing, ...printing })],
  bundle: [
    group('Bundle:', { name: generation.name, ...bundling, ...model, output: writing.output }),
    group('Output:', printing),
    common.data,
  ],
  key: [group('Key:', { output: writing.output, ...keys }), group('Output:', printing)],
  deploy: [
    group('Devices:', devices),
    group('Connecting:', connecting),
    group('On the device:', health),
    group('Rollout:', rollout),
    group('Bundle (where a model is deployed):', { name: generation.name, ...bundling, ...model }),
    group('Output:', { ...recording, ...printing }),
    common.data,
  ],
  fleet: [
    group('Devices:', { ...devices, name: generation.name }),
    group('Connecting:', connecting),
    group('Going back (rollback):', { ...goingBack, health: health.health, hookBefore: health.hookBefore, hookAfter: health.hookAfter }),
    group('Rollout (rollback, resume):', rollout),
    group('Output:', { ...recording, ...printing }),
  ],
} as const satisfies Record<string, readonly SettingGroup[]>;

export type Verb = keyof typeof verbs;

export const settingsOf = (verb: Verb): readonly SettingName[] => verbs[verb].flatMap((g) => g.names);

/** Sections of edgeml.yaml for verbs, and the verbs whose settings stand there. */
export const verbSections: Readonly<Record<string, readonly Verb[]>> = {
  ...{ quantize: ['quantize'], verify: ['verify'], codegen: ['codegen'], bench: ['bench'] },
  ...{ bundle: ['bundle'], deploy: ['deploy', 'fleet'] },
};

/** The sections of edgeml.yaml that a verb reads beside those that hold for all; a later one goes before an earlier one. */
export const sectionsOf = (verb: Verb): readonly string[] =>
  verb === 'deploy' ? ['bundle', 'deploy'] : Object.keys(verbSections).filter((name) => verbSections[name].includes(verb));

/** Sections of edgeml.yaml that hold for every verb. Keys of `model` stand at the top. */
export const sharedSections: Readonly<Record<'model' | 'data' | 'gates', readonly SettingName[]>> = {
  model: names(model),
  data: names(data),
  gates: names({ ...gates, ...sizes, ...latency }),
};

/** Settings that may differ between the inputs of a model. */
export const perInputSettings: readonly SettingName[] = [
  ...(['resize', 'filter', 'cropFraction', 'pad', 'channels', 'mean', 'std', 'scale'] as const),
  ...(['raw', 'layout', 'window', 'step', 'sampleRate'] as const),
];

/** `maxDrop` → `max-drop` */
export const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** The flag of a setting without its dashes, and its key in edgeml.yaml. */
export const flagOf = (name: SettingName): string => (settings[name] as Setting).flag ?? kebab(name);

/** `maxDrop` → `EDGEML_MAX_DROP` */
export const variable = (name: string): string => `EDGEML_${kebab(name).replaceAll('-', '_').toUpperCase()}`;
