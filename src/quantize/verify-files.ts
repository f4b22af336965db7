import { openData } from '../data/index.js';
import type { DataOptions, Dataset } from '../data/types.js';
import type { GateError } from '../errors.js';
import { ModelError, UsageError } from '../errors.js';
import type { ReadOptions } from '../formats/types.js';
import type { Tensor } from '../ir/tensor.js';
import { sameShape } from '../ir/types.js';
import { evaluateNode } from '../ops/evaluate.js';
import { Comparison, dequantize, toPort } from '../runtime/compare.js';
import type { Session } from '../runtime/types.js';
import { checkGates, type Gates } from './gates.js';
import { labelWarnings } from './label-warnings.js';
import { asReal, openFile } from './open-file.js';
import { comparisonReport, type FileReport } from './report.js';

export interface VerifyOptions extends ReadOptions {
  /** Samples to compare on: a path or a dataset. */
  readonly data: string | Dataset;
  readonly dataOptions?: DataOptions;
  readonly gates?: Gates;
  readonly onProgress?: (done: number, total: number) => void;
  /** Called once per warning; they are in the report as well. */
  readonly onWarning?: (sentence: string) => void;
}

/** What `edgeml verify --json` prints. */
export interface VerifyReport extends Pick<FileReport, 'outputs' | 'agreement' | 'accuracy'> {
  readonly schema: 'edgeml.verify/1';
  readonly float: { readonly path: string; readonly size: number; readonly runtime: string };
  readonly quantized: { readonly path: string; readonly size: number; readonly runtime: string };
  readonly samples: number;
  readonly data: { readonly description: string; readonly preparation: string; readonly decoder?: string };
  readonly warnings: readonly string[];
}

export interface VerifyResult {
  readonly report: VerifyReport;
  readonly gateError?: GateError;
}

/**
 * Runs two model files on the same samples with real runtimes and compares their outputs, by position.
 * Throws UsageError where their inputs or outputs do not fit together; ModelError where a file cannot be run.
 */
export async function verify(floatPath: string, quantizedPath: string, options: VerifyOptions): Promise<VerifyResult> {
  const float = await openFile(floatPath, options);
  const other = await openFile(quantizedPath, options);
  try {
    requireSamePorts(floatPath, float, quantizedPath, other);
    const data =
      typeof options.data === 'string' ? await openData(options.data, asReal(float.inputs), options.dataOptions ?? {}) : options.data;
    if (data.size === 0) throw new ModelError('There are no samples to compare on.');
    const comparison = new Comparison(asReal(float.outputs), float.inputs);
    for (let i = 0; i < data.size; i++) {
      const { inputs, label } = await data.read(i);
      const given = float.inputs.map((p) => inputs[p.name]);
      const reference = await float.run(float.inputs.map((p, k) => toPort(given[k], p)));
      const got = await other.run(other.inputs.map((p, k) => toPort(relaid(given[k], p.shape), p)));
      comparison.add(
        reference.map((t, k) => dequantize(t, float.outputs[k].quant)),
        got.map((t, k) => {
          const real: Tensor = { dtype: 'float32', shape: t.shape, data: dequantize(t, other.outputs[k].quant) };
          return relaid(real, reference[k].shape).data as Float32Array;
        }),
        label,
      );
      options.onProgress?.(i + 1, data.size);
    }
    const result = comparison.result();
    const warnings = [...data.warnings, ...labelWarnings(result, data.classes?.length)];
    for (const w of warnings) options.onWarning?.(w);
    const gateError = options.gates && checkGates(options.gates, [{ subject: quantizedPath, comparison: result }]);
    const report: VerifyReport = {
      schema: 'edgeml.verify/1',
      float: { path: floatPath, size: float.size, runtime: float.runtime },
      quantized: { path: quantizedPath, size: other.size, runtime: other.runtime },
      samples: data.size,
      data: { description: data.description, preparation: data.preparation, ...(data.decoder && { decoder: data.decoder }) },
      ...comparisonReport(result),
      warnings,
    };
    return { report, ...(gateError && { gateError }) };
  } finally {
    await float.close();
    await other.close();
  }
}

function requireSamePorts(aPath: string, a: Session, bPath: string, b: Session): void {
  for (const kind of ['inputs', 'outputs'] as const) {
    if (a[kind].length !== b[kind].length)
      throw new UsageError(`${aPath} has ${a[kind].length} ${kind}, ${bPath} has ${b[kind].length}: they are not versions of one model.`);
    a[kind].forEach((p, i) => {
      const q = b[kind][i];
      if (p.shape.every((d) => d >= 0) && !sameShape(p.shape, q.shape) && !turn(p.shape, q.shape)) {
        throw new UsageError(
          `${kind.slice(0, -1)} '${p.name}' of ${aPath} is [${p.shape}], '${q.name}' of ${bPath} is [${q.shape}]: they cannot be compared.`,
        );
      }
    });
  }
}

/** The turn between channels first and channels last that makes `to` of `from`, as `--io-layout nhwc` does. */
function turn(from: readonly number[], to: readonly number[]): readonly number[] | undefined {
  return [
    [0, 2, 3, 1],
    [0, 3, 1, 2],
  ].find(
    (perm) =>
      from.length === 4 &&
      sameShape(
        perm.map((i) => from[i]),
        to,
      ),
  );
}

/** The tensor in the other file's layout: turned where the shapes say so, else as it is. */
function relaid(t: Tensor, shape: readonly number[]): Tensor {
  const perm = sameShape(t.shape, shape) ? undefined : turn(t.shape, shape);
  return perm ? evaluateNode('Transpose', [t], { perm }, [{ dtype: t.dtype, shape }])[0] : { ...t, shape };
}
