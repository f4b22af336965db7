import { readFileSync } from 'node:fs';
import { probe } from '../../bench/remote/probe.js';
import { nodeOnnxruntime } from '../../bench/remote/runners/node-onnxruntime.js';
import { pythonLitert } from '../../bench/remote/runners/python-litert.js';
import { pythonOnnxruntime } from '../../bench/remote/runners/python-onnxruntime.js';
import type { Found, Runner } from '../../bench/remote/types.js';
import type { Manifest } from '../../bundle/manifest.js';
import { commandLine } from '../../ssh/quote.js';
import type { Connection } from '../../ssh/types.js';

/** How the golden inputs of a bundle are run on a device. */
export interface GoldenRun {
  /** A command for a POSIX shell, in which EDGEML_RELEASE is set; '' where nothing can be run. */
  readonly command: string;
  /** "ai_edge_litert 2.1.0", for each model that is run. */
  readonly runtimes: readonly string[];
  /** Models that have golden inputs, and nothing to run them with was found. */
  readonly without: readonly string[];
}

/** Runtimes that a device may have, by what they run. */
const runners: Readonly<Record<string, readonly Runner[]>> = { litert: [pythonLitert], onnxruntime: [pythonOnnxruntime, nodeOnnxruntime] };

const scripts = new Map<string, string>();

function script(name: 'golden.py' | 'golden.cjs'): string {
  const text = scripts.get(name) ?? readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8');
  scripts.set(name, text);
  return text;
}

/** Looks for runtimes on the device, and says how they run the golden inputs. Throws what the connection throws. */
export async function findGoldenRun(connection: Connection, { models }: Manifest): Promise<GoldenRun> {
  const wanted = models.flatMap((m, number) =>
    m.golden ? [{ file: m.file, number, runtime: m.format === 'tflite' ? 'litert' : 'onnxruntime' }] : [],
  );
  if (wanted.length === 0) return { command: '', runtimes: [], without: [] };
  const { found } = await probe(connection, [...new Set(wanted.flatMap((w) => runners[w.runtime]))]);
  const commands: string[] = [];
  const runtimes = new Set<string>();
  const without: string[] = [];
  for (const { file, number, runtime } of wanted) {
    // A stub that only tells how to install it prints something too.
    const runner = runners[runtime].find((r) => (found.get(r.name)?.more.length ?? 0) > 0);
    if (!runner) {
      without.push(file);
      continue;
    }
    const place = found.get(runner.name) as Found;
    commands.push(`${commandFor(runner, place)} "$EDGEML_RELEASE" ${number}`);
    runtimes.add(place.version);
  }
  return { command: commands.join(' && '), runtimes: [...runtimes], without };
}

function commandFor(runner: Runner, { command, more }: Found): string {
  if (runner === nodeOnnxruntime) return commandLine([command, '-e', script('golden.cjs'), more[0]]);
  return commandLine([command, '-c', script('golden.py'), runner === pythonOnnxruntime ? 'onnxruntime' : more[0]]);
}
