import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { commandTree, exitCodeTable, verbTexts } from '../../src/cli/program.js';
import {
  flagOf,
  type Setting,
  type SettingName,
  settings,
  settingsOf,
  sharedSections,
  type Verb,
  variable,
  verbs,
} from '../../src/config/settings.js';
import { projectRoot } from '../shared.js';

export const docPath = join(projectRoot, 'docs/cli.md');

const intro = `# The command line

This page is generated from the command tree: \`npx tsx test/cli/cli-doc.ts\`.

- Results go to stdout, progress and warnings to stderr. Progress is shown on a terminal only; \`NO_COLOR\` and a pipe
  both mean plain text.
- \`--json\` prints exactly one JSON document. Its \`schema\` field names its version (\`edgeml.quantize/1\`); fields may be
  added under the same number, a change of meaning raises it. SQNR is in dB, and \`null\` where two tensors do not differ.
- Files are written whole or not at all: a temporary file in the same folder, flushed, then renamed. Where a gate is not
  met nothing is written.
- The same inputs give the same bytes.`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
const code = (lines: readonly string[], language = ''): string => ['```' + language, ...lines, '```'].join('\n');

function verbSection(command: Command): string {
  const verb = command.name() as Verb;
  const { examples, notes } = verbTexts[verb];
  const groups = new Map<string, (readonly string[])[]>();
  for (const option of command.options) {
    const title = option.helpGroupHeading ?? 'Options:';
    groups.set(title, [...(groups.get(title) ?? []), [`\`${option.flags}\``, option.description]]);
  }
  return [
    `## edgeml ${verb}`,
    command.description(),
    code([`edgeml ${verb} ${command.usage()}`]),
    table(
      ['argument', ''],
      command.registeredArguments.map((a) => [`\`${a.name()}\``, a.description]),
    ),
    ...[...groups].flatMap(([title, rows]) => [`### ${title.replace(/:$/, '')}`, table(['option', ''], rows)]),
    '### Examples',
    code(examples, 'sh'),
    ...(notes ? [notes] : []),
  ].join('\n\n');
}

const yamlExample = `model: model.onnx            # relative to this file, as every path here
input-shape: [1, 3, 224, 224]
data:                        # how samples are prepared, for every verb
  resize: crop
  crop-fraction: 0.875
  mean: [123.675, 116.28, 103.53]
  std: [58.395, 57.12, 57.375]
gates:
  max-drop: 1%
  min-sqnr: 20
quantize:
  calibrate: images/train
  evaluate: images/test
  samples: 200
  keep-float: ['head_*', 'op:Softmax']
  to: [tflite, onnx]
verify:
  data: images/test
codegen:
  cpu: cortex-m4
  max-flash: 256K
  max-ram: 64K
bench:
  device: [pico, esp32-s3]
  max-latency: 100ms
bundle:
  name: doorbell
  sign: keys/release.key
deploy:
  fleet: fleet.yaml
  trust: keys/release.key.pub
  waves: [1, 10%, 100%]
  max-failures: 5%
  wait: 24h`;

function settingsSection(): string {
  const listed = (names: readonly string[]): string => names.map((n) => `\`${flagOf(n as SettingName)}\``).join(', ');
  const own = (verb: Verb): string =>
    listed(
      settingsOf(verb).filter(
        (n) => !Object.values(sharedSections).some((s) => s.includes(n)) && (settings[n] as Setting).only !== 'flags',
      ),
    );
  return [
    '## edgeml.yaml and environment variables',
    `Every option has the same name in three places: \`--max-drop 1%\`, \`${variable('maxDrop')}=1%\`, and \`max-drop: 1%\` in an \`edgeml.yaml\`
beside the model or in the nearest folder above it (of the working directory where no model is named). Flags go before
variables, variables before the file, the file before defaults. In the file a verb's own section goes before the shared ones.
Unknown keys are errors.`,
    code(yamlExample.split('\n'), 'yaml'),
    table(
      ['section', 'keys'],
      [
        ['top level', `\`model\`, ${listed(sharedSections.model)}`],
        ['`data:`', listed(sharedSections.data)],
        ['`gates:`', listed(sharedSections.gates)],
        ['`quantize:`', `${own('quantize')}, and those of \`data:\` and \`gates:\``],
        ['`verify:`', '`data` (the samples), and those of `data:` and `gates:`'],
        ['`codegen:`', `${own('codegen')}, and \`classes\`, \`max-flash\` and \`max-ram\``],
        ['`bench:`', `${own('bench')}, and \`evaluate\`, those of \`data:\`, \`max-flash\`, \`max-ram\` and \`max-latency\``],
        ['`bundle:`', `${own('bundle')}, and those of \`data:\``],
        ['`deploy:`', `for \`deploy\` and \`fleet\`: ${own('deploy')}, and those of \`data:\``],
      ],
    ),
    `\`per-input\` under \`data:\` holds settings that differ for one input of several: \`per-input: { image: { mean: 127.5 } }\`.
A switch that \`--no-…\` turns off is \`false\` in the file (\`adaptive-rounding: false\`) and \`0\` in a variable
(\`${variable('adaptiveRounding')}=0\`). Lists are split at commas in variables, shapes at spaces. \`EDGEML_MODEL\` names the model,
\`EDGEML_DEBUG=1\` shows the stack of an error.`,
  ].join('\n\n');
}

/** The whole page. */
export function cliDoc(): string {
  const none = async (): Promise<void> => {};
  const program = commandTree(
    Object.fromEntries(Object.keys(verbs).map((verb) => [verb, none])) as unknown as Parameters<typeof commandTree>[0],
  );
  const codes = table(
    ['exit code', ''],
    exitCodeTable.map(([n, meaning]) => [String(n), meaning]),
  );
  return `${[intro, codes, ...program.commands.map(verbSection), settingsSection()].join('\n\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(docPath, cliDoc());
