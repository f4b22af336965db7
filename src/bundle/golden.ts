import { basename } from 'node:path';
import { openData } from '../data/index.js';
import { randomData } from '../data/random-data.js';
import type { DataOptions } from '../data/types.js';
import { ModelError } from '../errors.js';
import type { ReadOptions } from '../formats/types.js';
import { bytesOf, type Tensor, toNumbers } from '../ir/tensor.js';
import { byteSize } from '../ir/types.js';
import { asReal, type OpenedFile, openFile } from '../quantize/open-file.js';
import { toPort } from '../runtime/compare.js';
import type { Port } from '../runtime/types.js';
import type { Golden } from './manifest.js';

export interface GoldenOptions extends ReadOptions {
  /** Samples to take the inputs from, as for calibration; absent: random numbers. */
  readonly data?: string;
  readonly dataOptions?: DataOptions;
  /** Default 3. */
  readonly samples?: number;
  /** Largest difference of an output's element, in real numbers. Default: see {@link toleranceOf}. */
  readonly tolerance?: number;
}

/** What the manifest says of golden samples, without the name of their file; and the file's content. */
export interface GoldenData {
  readonly about: Omit<Golden, 'file'>;
  readonly bytes: Uint8Array;
}

const defaultSamples = 3;

/**
 * Runs a model file in the runtime of its format and keeps inputs and outputs, byte for byte as the file's ports take them.
 * Throws what opening the model or the data throws, and ModelError where an output is not finite.
 */
export async function goldenOf(path: string, options: GoldenOptions = {}): Promise<GoldenData> {
  const session = await openFile(path, { inputShapes: options.inputShapes });
  try {
    const samples = await inputsFor(session, options);
    const parts: Uint8Array[] = [];
    const outputs: Tensor[][] = [];
    for (const inputs of samples) {
      const got = await session.run(inputs);
      for (const [k, t] of got.entries()) checkFinite(t, path, session.outputs[k].name);
      outputs.push(got);
      // Copied: a runtime may hand its own memory out again.
      for (const t of [...inputs, ...got]) parts.push(Uint8Array.from(bytesOf(t)));
    }
    const described = (p: { readonly dtype: Port['dtype']; readonly shape: Port['shape'] }) => ({
      ...{ dtype: p.dtype, shape: [...p.shape], bytes: byteSize(p) },
    });
    return {
      about: {
        samples: samples.length,
        inputs: samples[0].map(described),
        outputs: session.outputs.map((port, k) => ({
          ...described(outputs[0][k]),
          tolerance: toleranceOf(
            port,
            outputs.map((o) => o[k]),
            options.tolerance,
          ),
        })),
        runtime: session.runtime,
        // Not where they lie here: the same samples give the same bundle everywhere.
        data: options.data === undefined ? 'random numbers, seed 0' : basename(options.data),
      },
      bytes: Buffer.concat(parts),
    };
  } finally {
    await session.close();
  }
}

async function inputsFor(
  session: OpenedFile,
  { data: path, dataOptions = {}, samples = defaultSamples }: GoldenOptions,
): Promise<Tensor[][]> {
  // Without data of the user the whole range of a quantized port is used, not what a scale makes of small numbers.
  const data =
    path === undefined
      ? randomData(session.inputs, { samples })
      : await openData(path, asReal(session.inputs), { ...dataOptions, samples });
  try {
    const all: Tensor[][] = [];
    for (let i = 0; i < data.size; i++) {
      const { inputs } = await data.read(i);
      all.push(session.inputs.map((p) => (path === undefined ? inputs[p.name] : toPort(inputs[p.name], p))));
    }
    if (all.length === 0) throw new ModelError(`${path} holds no samples. Give other data with --golden.`);
    return all;
  } finally {
    await data.close();
  }
}

/**
 * How far an element may be off where another runtime computes it. Quantized: 4 steps, or 5 % of the range of the outputs seen:
 * builtin kernels and XNNPACK round differently, and deep networks carry that on. Float: 1 % of that range, at least 1e-4.
 * A file that is damaged, or kernels that are wrong, are off by a good part of the range.
 */
function toleranceOf({ quant, dtype }: Port, outputs: readonly Tensor[], given: number | undefined): number {
  const integer = !dtype.startsWith('float');
  if (given !== undefined) return quant && integer ? Math.max(1, Math.round(given / quant.scale[0])) : given;
  let [low, high] = [Infinity, -Infinity];
  for (const t of outputs) {
    for (const value of toNumbers(t)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const range = high - low;
  if (quant && integer) return Math.max(4, Math.ceil(range * 0.05));
  // Indices and labels: another one is another answer.
  if (integer) return 0;
  return Math.max(1e-4, Number((range * 0.01).toPrecision(3)));
}

function checkFinite(t: Tensor, path: string, name: string): void {
  if (toNumbers(t).every(Number.isFinite)) return;
  throw new ModelError(
    `${path}: the output '${name}' is not finite for a golden sample, so that nothing can be compared with it. Give typical inputs with --golden, or leave them out with --golden none.`,
  );
}
