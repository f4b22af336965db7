import { openData } from '../data/index.js';
import type { DataOptions, Dataset } from '../data/types.js';
import type { GateError } from '../errors.js';
import { ModelError, UsageError } from '../errors.js';
import { detect } from '../formats/detect.js';
import { load } from '../formats/index.js';
import { openSource } from '../formats/source.js';
import type { ReadOptions } from '../formats/types.js';
import type { Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { type DType, sameShape } from '../ir/types.js';
import { evaluateNode } from '../ops/evaluate.js';
import { Comparison, dequantize, toPort } from '../runtime/compare.js';
import { loadGraph } from '../runtime/float.js';
import type { Port, Session } from '../runtime/types.js';
import { checkGates, type Gates } from './gates.js';
import { labelWarnings } from './label-warnings.js';
import { comparisonReport, type FileReport } from './report.js';
import { openTarget, withQuant } from './targets.js';

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

type Opened = Session & { readonly runtime: string; readonly size: number };

/** Opens a file in the runtime of its own format; Keras models, and those with inputs turned into constants, run through their graph. */
async function open(path: string, options: ReadOptions): Promise<Opened> {
  const source = await openSource(path);
  const format = detect(source);
  if (format === 'tflite') return Object.assign(await inFile(path, openTarget(format, source.bytes)), { size: source.bytes.length });
  if (format === 'onnx' && options.inputValues === undefined) {
    const session = await inFile(path, openTarget(format, source.bytes));
    const size = source.bytes.length;
    if (options.inputShapes === undefined && ![...session.inputs, ...session.outputs].some(isOpen)) return Object.assign(session, { size });
    const { graph } = await load(path, options);
    const ports = withQuant({ inputs: fixed(session.inputs, graph.inputs), outputs: fixed(session.outputs, graph.outputs) }, graph);
    return Object.assign(session, ports, { size });
  }
  const { graph, fileSize } = await load(path, options);
  const session = await loadGraph(graph);
  return Object.assign(session, withQuant(session, graph), { size: fileSize });
}

const quantizedTypes: readonly DType[] = ['int8', 'uint8', 'int16'];

/** Whether onnxruntime does not tell all of a port: free dimensions, or scales, which stand in the file's Quantize and Dequantize nodes. */
const isOpen = ({ dtype, shape }: Port): boolean => quantizedTypes.includes(dtype) || shape.some((d) => d < 0);

/** The ports with the shapes of the graph, whose dimensions are all fixed. */
const fixed = (ports: readonly Port[], values: readonly Value[]): Port[] =>
  ports.map((p) => ({ ...p, shape: values.find((v) => v.name === p.name)?.shape ?? p.shape }));

/** Runtimes do not know the names of files. */
async function inFile<T>(path: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof ModelError) throw new ModelError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Samples are real numbers, whatever a port makes of them. */
const asReal = <P extends Port>(ports: readonly P[]): P[] => ports.map((p) => (p.quant ? { ...p, dtype: 'float32' } : p));

/**
 * Runs two model files on the same samples with real runtimes and compares their outputs, by position.
 * Throws UsageError where their inputs or outputs do not fit together; ModelError where a file cannot be run.
 */
export async function verify(floatPath: string, quantizedPath: string, options: VerifyOptions): Promise<VerifyResult> {
  const float = await open(floatPath, options);
  const other = await open(quantizedPath, options);
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
