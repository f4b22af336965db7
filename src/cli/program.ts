import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { kebab, type Setting, type SettingName, settings, settingsOf, type Verb, verbs } from '../config/settings.js';
import type { Given } from '../config/text.js';

/** What a verb gets from the command line: its arguments, and the flags that were given. */
export type Action = (args: readonly (string | undefined)[], flags: Readonly<Record<string, Given>>) => Promise<void>;

interface VerbText {
  readonly summary: string;
  readonly args: readonly (readonly [name: string, about: string])[];
  readonly examples: readonly string[];
  readonly notes?: string;
}

const model = 'an .onnx, .tflite, .h5 or .keras file; the format is recognised from its bytes';

/** What `--help` and docs/cli.md say of each verb. */
export const verbTexts: Readonly<Record<Verb, VerbText>> = {
  quantize: {
    summary: 'make an int8 model, run it beside the float model and say how close it is',
    args: [['[model]', `${model} (default: model: of edgeml.yaml)`]],
    examples: [
      'edgeml quantize model.h5 --calibrate images/',
      'edgeml quantize model.onnx --calibrate images/ --mean 127.5 --std 127.5 --to tflite,onnx -o out/model',
      'edgeml quantize model.onnx --input-shape 1,3,224,224 --calibrate samples.npz --io float32',
      'edgeml quantize model.tflite --calibrate train/ --evaluate test/ --max-drop 1% --json',
      "edgeml quantize model.h5 --calibrate images/ --keep-float 'head_*' --keep-float op:Softmax",
    ],
    notes: 'Every written file has been run by its own runtime (LiteRT, onnxruntime). Where a gate is not met nothing is written.',
  },
  verify: {
    summary: 'run a float and a quantized model on the same samples and compare their outputs',
    args: [
      ['<float>', model],
      ['<quantized>', 'a .tflite or .onnx file'],
    ],
    examples: [
      'edgeml verify model.h5 model_int8.tflite --data test/',
      'edgeml verify model.onnx model_int8.onnx --data test.npz --min-sqnr 20 --json',
    ],
  },
  codegen: {
    summary: 'write a model as C for a microcontroller: standalone C99, or what TensorFlow Lite Micro needs',
    args: [['[model]', `${model} (default: model: of edgeml.yaml)`]],
    examples: [
      'edgeml codegen model_int8.tflite --cpu cortex-m4 -o firmware/model',
      'edgeml codegen model_int8.tflite --main -o try && cc try/*.c -lm && ./a.out in.bin out.bin',
      'edgeml codegen model_int8.tflite --for tflm --kernels cmsis-nn --project pico-sdk -o pico/',
      'edgeml codegen model_int8.tflite --cpu cortex-m0plus --max-flash 256K --max-ram 64K --json',
    ],
    notes: 'Files of the folder that edgeml did not write, and mains that were changed since, are never overwritten.',
  },
  bench: {
    summary: 'say whether a model fits a device and how fast it will be; measure it here, in an emulator or over SSH',
    args: [['[models...]', '.onnx, .tflite, .h5 or .keras files; several are compared (default: model: of edgeml.yaml)']],
    examples: [
      'edgeml bench model_int8.tflite --device pico,esp32s3,nucleo-l4r5zi',
      'edgeml bench model_int8.tflite --device all --rank --max-ram 64K',
      'edgeml bench float.onnx model_int8.tflite --device pi4 --html report.html',
      'edgeml bench model_int8.tflite --emulate cortex-m4 --per-layer',
      'edgeml bench model.onnx --host --runs 200',
      'edgeml bench model_int8.tflite --on pi@192.168.1.20 --device pi4 --save-profile my-pi.yaml',
    ],
    notes: 'Estimates are marked as such; their ranges hold eight of ten published measurements that they were not fitted to.',
  },
  inspect: {
    summary: 'show inputs, outputs, operators, cost, quantization, and what would stop quantization',
    args: [['[model]', `${model} (default: model: of edgeml.yaml)`]],
    examples: ['edgeml inspect model.onnx', 'edgeml inspect model.tflite --layers', 'edgeml inspect model_int8.tflite --tensors --json'],
  },
};

const about = 'A trained model in, a verified int8 model and C for a microcontroller out.';

const precedence = `Options may also be given as environment variables (EDGEML_MAX_DROP=1%) and in an edgeml.yaml
beside the model or in a folder above it; flags go before variables, variables before the file.`;

export const exitCodeTable: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'a gate was not met'],
  [2, 'the command line or edgeml.yaml makes no sense'],
  [3, 'a model or file cannot be read or written, or is not supported'],
  [4, 'a device, an emulator or a connection is not there'],
  [70, 'a bug in edgeml'],
  [130, 'interrupted'],
];

export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** The command tree. It loads commander and nothing of the tool, so that `--help` answers at once. */
export function commandTree(actions: Readonly<Record<Verb, Action>>): Command {
  const program = new Command('edgeml')
    .description(about)
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .usage('<verb> <model> [options]')
    .showSuggestionAfterError(true)
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 110) })
    .addHelpText(
      'after',
      `\nExample:\n  edgeml quantize model.h5 --calibrate images/\n\n'edgeml <verb> --help' lists the options of a verb.\n\n${precedence}`,
    );
  for (const verb of Object.keys(verbs) as Verb[]) addVerb(program, verb, actions[verb]);
  return program;
}

function addVerb(program: Command, verb: Verb, action: Action): void {
  const { summary, args, examples, notes } = verbTexts[verb];
  const command = program
    .command(verb)
    .description(`${summary[0].toUpperCase()}${summary.slice(1)}.`)
    .summary(summary);
  for (const [name, what] of args) command.argument(name, what);
  for (const { title, names } of verbs[verb]) for (const name of names) addOption(command, name, title);
  command.addHelpText('after', [`\nExamples:`, ...examples.map((e) => `  ${e}`), ...(notes ? ['', notes] : [])].join('\n'));
  command.action(async (...given: unknown[]) => {
    const flags = Object.fromEntries(
      settingsOf(verb)
        .filter((name) => command.getOptionValueSource(name) === 'cli')
        .map((name) => [name, command.getOptionValue(name) as Given]),
    );
    await action(given.slice(0, args.length).flat() as (string | undefined)[], flags);
  });
}

function addOption(command: Command, name: SettingName, title: string): void {
  const setting: Setting = settings[name];
  if (setting.only === 'yaml') return;
  const { value, about } = setting.elsewhere?.[command.name()] ?? setting;
  const short = setting.short ? `-${setting.short}, ` : '';
  const long = `--${setting.negated ? 'no-' : ''}${kebab(name)}`;
  const option = new Option(`${short}${long}${value ? (setting.bare ? ` [${value}]` : ` <${value}>`) : ''}`, about).helpGroup(title);
  if (setting.bare) option.preset(setting.bare);
  const { kind } = setting.type;
  if (kind === 'patterns' || kind === 'shapes') option.argParser((value: string, before?: readonly string[]) => [...(before ?? []), value]);
  command.addOption(option);
}
