import { EdgemlError, exitCodes, UsageError, WriteError } from '../errors.js';
import { handled } from './interrupt.js';
import { commandTree, verbTexts } from './program.js';

/**
 * Runs the command line `argv` (with node and script in front, as `process.argv`) and sets `process.exitCode`.
 * This is the only place where errors end: what a command throws is said here, on stderr, and decides the exit code.
 */
export async function main(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', (error) => process.exit(tell(error, argv)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(signal));
  // A reader that has seen enough (`| head`) is no fault, and what the command does beside printing goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', (error) => closedOrTell(error));
  try {
    await run(argv);
  } catch (error) {
    process.exitCode = tell(error, argv);
  }
}

async function run(argv: readonly string[]): Promise<void> {
  const program = commandTree({
    quantize: async ([model], flags) => (await import('./commands/quantize.js')).quantizeCommand(model, flags),
    verify: async ([float, quantized], flags) =>
      (await import('./commands/verify.js')).verifyCommand(float as string, quantized as string, flags),
    codegen: async ([model], flags) => (await import('./commands/codegen.js')).codegenCommand(model, flags),
    bench: async (models, flags) => (await import('./commands/bench.js')).benchCommand(models as string[], flags),
    bundle: async (models, flags) => (await import('./commands/bundle.js')).bundleCommand(models as string[], flags),
    key: async ([action], flags) => (await import('./commands/key.js')).keyCommand(action as string, flags),
    deploy: async ([bundle], flags) => (await import('./commands/deploy.js')).deployCommand(bundle, flags),
    fleet: async ([action, run], flags) => (await import('./commands/fleet.js')).fleetCommand(action as string, run, flags),
    inspect: async ([model], flags) => (await import('./commands/inspect.js')).inspectCommand(model, flags),
  });
  // commander prints to stderr and exits on its own otherwise.
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ outputError() {} });
  if (argv.length <= 2) return program.outputHelp();
  // commander answers `help quantise` with the whole help; taken as a verb, it gets the suggestion of one.
  const unknown = argv[2] === 'help' && argv.length > 3 && !(argv[3] in verbTexts);
  await program.parseAsync(unknown ? [...argv.slice(0, 2), argv[3]] : argv);
}

/** Says an error as a sentence on stderr and returns the exit code that goes with it. */
function tell(error: unknown, argv: readonly string[] = []): number {
  const usage = commanderUsage(error, argv);
  if (usage === null) return exitCodes.done;
  const known = usage ?? error;
  const debug = process.env.EDGEML_DEBUG === '1';
  if (known instanceof EdgemlError) {
    process.stderr.write(`edgeml: ${debug ? known.stack : known.message}\n`);
    return known.exitCode;
  }
  const message = known instanceof Error ? known.message : String(known);
  process.stderr.write(
    `edgeml: this is a bug in edgeml: ${message}\nPlease report it with the command and, where possible, the model. EDGEML_DEBUG=1 shows where it happened.\n`,
  );
  if (debug && known instanceof Error) process.stderr.write(`${known.stack}\n`);
  return exitCodes.bug;
}

/** commander's own complaint as a UsageError, null for help and version (which are no faults), undefined for anything else. */
function commanderUsage(error: unknown, argv: readonly string[]): UsageError | null | undefined {
  const { code, exitCode, message } = error as { code?: unknown; exitCode?: number; message: string };
  if (typeof code !== 'string' || !code.startsWith('commander.')) return undefined;
  if (exitCode === 0) return null;
  const file = /^error: unknown command '(.*\.(?:onnx|tflite|h5|hdf5|keras))'/.exec(message)?.[1];
  if (file)
    return new UsageError(
      `unknown command '${file}'. To quantize that model: edgeml quantize ${file} --calibrate PATH; to look at it: edgeml inspect ${file}.`,
    );
  if (/^error: unknown option '--(dry-run|check|diff)'/.test(message) && ['deploy', 'fleet'].includes(argv[2])) {
    return new UsageError(`${message.replace(/^error: /, '').split('\n')[0]}. --plan shows what would change, and changes nothing.`);
  }
  const [said, suggestion] = message.replace(/^error: /, '').split('\n');
  const sentence = said.endsWith('.') ? said : `${said}.`;
  const verb = argv[2] in verbTexts ? `${argv[2]} ` : '';
  return new UsageError(
    suggestion ? `${sentence} ${suggestion.replace(/^\((.*)\)$/, '$1')}` : `${sentence} 'edgeml ${verb}--help' lists what there is.`,
  );
}

function interrupt(signal: string): void {
  if (handled(signal)) return;
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  process.stderr.write(`edgeml: interrupted by ${signal}; no file is left half-written.\n`);
  // Temporary files are removed on exit (fs/atomic.ts).
  process.exit(exitCodes.interrupted);
}

function closedOrTell(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.exitCode = tell(new WriteError(`Cannot write the result to stdout: ${error.message}.`, { cause: error }));
}
