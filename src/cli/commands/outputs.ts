import { existsSync, statSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { UsageError } from '../../errors.js';
import type { Scheme } from '../../quantize/schemes.js';
import type { Target } from '../../quantize/targets.js';

/** A file to be written. */
export interface Output {
  readonly target: Target;
  readonly path: string;
}

const extensions: Readonly<Record<string, Target>> = { '.tflite': 'tflite', '.onnx': 'onnx' };

/**
 * Names the files of a run. `output` is a file, whose extension decides the format where `to` is absent; a stem, where there are
 * several formats; or a folder. Without it the name is `<model>_<scheme>.<format>` in the working directory.
 * Throws UsageError for a name that does not fit the format and for one that is the model's own.
 */
export function planOutputs(model: string, scheme: Scheme, output: string | undefined, to: readonly Target[] | undefined): Output[] {
  const name = `${parse(basename(model)).name}_${scheme}`;
  const folder = output !== undefined && (/[/\\]$/.test(output) || (existsSync(output) && statSync(output).isDirectory()));
  const path = output === undefined ? name : folder ? join(output, name) : output;
  const extension = parse(path).ext.toLowerCase();
  const named = output === undefined || folder ? undefined : extensions[extension];
  const targets = to ?? [targetOf(path, named, output === undefined || folder)];
  const outputs = targets.map((target) => ({
    target,
    path: pathOf(path, target, targets.length === 1 && output !== undefined && !folder, named),
  }));
  for (const o of outputs) {
    if (existsSync(o.path) && sameFile(o.path, model))
      throw new UsageError(`${o.path} is the model itself, which is never overwritten. Give another name with --output.`);
  }
  return outputs;
}

function targetOf(path: string, named: Target | undefined, free: boolean): Target {
  if (named) return named;
  if (free) return 'tflite';
  throw new UsageError(
    `--output ${path} ends neither in .tflite nor in .onnx, which would decide the format. Add one, or say --to tflite or --to onnx.`,
  );
}

function pathOf(path: string, target: Target, exact: boolean, named: Target | undefined): string {
  if (!exact) return `${named ? path.slice(0, -parse(path).ext.length) : path}.${target}`;
  if (named && named !== target)
    throw new UsageError(`--output ${path} is named like a .${named} file, but --to says ${target}. Change one of them.`);
  return path;
}

function sameFile(a: string, b: string): boolean {
  if (!existsSync(b)) return false;
  const [x, y] = [statSync(a), statSync(b)];
  return x.dev === y.dev && x.ino === y.ino;
}
