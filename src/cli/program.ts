import { Command, Option } from 'commander';
import { flagOf, type Setting, type SettingName, settings, settingsOf, type Verb, verbs } from '../config/settings.js';
import type { Given } from '../config/text.js';
import { edgemlVersion } from '../version.js';

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
    summary: 'show inputs, outputs, operators, cost, quantization, and what would stop quantization; of a bundle what is in it',
    args: [['[model]', `${model} (default: model: of edgeml.yaml); or a bundle`]],
    examples: [
      'edgeml inspect model.onnx',
      'edgeml inspect model.tflite --layers',
      'edgeml inspect model_int8.tflite --tensors --json',
      'edgeml inspect kws-1.2.0.edgeml --trust edgeml.key.pub',
    ],
  },
  bundle: {
    summary: 'put models and files into one archive for devices: described, hashed, signed',
    args: [['[models...]', '.tflite or .onnx files (default: model: of edgeml.yaml)']],
    examples: [
      'edgeml bundle kws_int8.tflite',
      'edgeml bundle kws_int8.tflite --name kws --bundle-version 1.2.0 --sign edgeml.key -o kws.edgeml',
      'edgeml bundle detect.onnx classify.onnx --add labels.txt --add dist/app=app --golden samples/ --mean 127.5 --std 127.5',
    ],
    notes:
      'It is a tar archive; `sha256sum -c SHA256SUMS` and `minisign -Vm SHA256SUMS -p KEY.pub` check it without edgeml (docs/deploy.md).',
  },
  key: {
    summary: 'make a pair of ed25519 keys for bundles (files of minisign)',
    args: [['<action>', 'generate']],
    examples: ['edgeml key generate', 'edgeml key generate -o release.key', 'EDGEML_KEY_PASSWORD=… edgeml key generate -o ci.key'],
    notes: 'The password is asked for, or taken from EDGEML_KEY_PASSWORD; it is never an option.',
  },
  deploy: {
    summary: 'roll a bundle or a model out to devices over SSH; each switches whole, and back if it does not work there',
    args: [['[bundle]', 'an .edgeml bundle, or a .tflite or .onnx model (default: model: of edgeml.yaml)']],
    examples: [
      'edgeml deploy kws_int8.tflite --to pi@192.168.1.20 --plan',
      'edgeml deploy kws.edgeml --to pi@192.168.1.20 --after "systemctl --user restart kws" --health "curl -fs localhost:8080/health"',
      "edgeml deploy kws.edgeml --fleet fleet.yaml --only 'pi,&site-a,!staging' --trust edgeml.key.pub",
      'edgeml deploy kws.edgeml --fleet fleet.yaml --waves 1,10%,100% --max-failures 5% --pause 10m --wait 24h',
      'edgeml deploy kws.edgeml --fleet fleet.yaml --json --junit rollout.xml',
    ],
    notes: `Keys come from the agent, ~/.ssh/config or --identity; a host that is not in known_hosts is refused. Ctrl-C stops after the
devices under way; 'edgeml fleet resume' goes on. docs/deploy.md tells what happens on a device.`,
  },
  fleet: {
    summary: 'look at devices, go on with a rollout, or switch devices back',
    args: [
      ['<action>', 'status, history, rollback, resume or stop'],
      ['[run]', 'history, resume, stop: a rollout by its id or its first digits (default: the newest)'],
    ],
    examples: [
      'edgeml fleet status --fleet fleet.yaml',
      'edgeml fleet history',
      'edgeml fleet rollback --fleet fleet.yaml --only site-a --plan',
      'edgeml fleet resume --wait 24h',
      'edgeml fleet stop',
    ],
    notes: 'resume does only what failed or was not reached. stop lets the devices under way come to their end.',
  },
};

const about = 'A trained model in; a verified int8 model, C for a microcontroller, and a safe rollout to devices out.';

const precedence = `Options may also be given as environment variables (EDGEML_MAX_DROP=1%) and in an edgeml.yaml
beside the model or in a folder above it; flags go before variables, variables before the file.`;

export const exitCodeTable: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'a gate was not met'],
  [2, 'the command line or edgeml.yaml makes no sense'],
  [3, 'a model or file cannot be read or written, or is not supported'],
  [4, 'a device, an emulator or a connection is not there'],
  [5, 'a rollout finished in part'],
  [70, 'a bug in edgeml'],
  [130, 'interrupted'],
];

/** The command tree. It loads commander and nothing of the tool, so that `--help` answers at once. */
export function commandTree(actions: Readonly<Record<Verb, Action>>): Command {
  const program = new Command('edgeml')
    .description(about)
    .version(edgemlVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .usage('<verb> <model> [options]')
    .showSuggestionAfterError(true)
    // `edgeml bundle M --version 1.2` is a mistake, and not a question for edgeml's own.
    .enablePositionalOptions()
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
        .map((name) => [name, camel(flagOf(name))] as const)
        .filter(([, attribute]) => command.getOptionValueSource(attribute) === 'cli')
        .map(([name, attribute]) => [name, command.getOptionValue(attribute) as Given]),
    );
    await action(given.slice(0, args.length).flat() as (string | undefined)[], flags);
  });
}

/** As commander names the value of an option. */
const camel = (flag: string): string => flag.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());

function addOption(command: Command, name: SettingName, title: string): void {
  const setting: Setting = settings[name];
  if (setting.only === 'yaml') return;
  const { value, about } = setting.elsewhere?.[command.name()] ?? setting;
  const short = setting.short ? `-${setting.short}, ` : '';
  const long = `--${setting.negated ? 'no-' : ''}${flagOf(name)}`;
  const option = new Option(`${short}${long}${value ? (setting.bare ? ` [${value}]` : ` <${value}>`) : ''}`, about).helpGroup(title);
  if (setting.bare) option.preset(setting.bare);
  const { kind } = setting.type;
  if (kind === 'patterns' || kind === 'paths' || kind === 'shapes')
    option.argParser((value: string, before?: readonly string[]) => [...(before ?? []), value]);
  command.addOption(option);
}
