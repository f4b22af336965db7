import { ModelError } from '../errors.js';
import { detect } from '../formats/detect.js';
import { load } from '../formats/index.js';
import { openSource } from '../formats/source.js';
import { decodeFile, type TfliteFile } from '../formats/tflite/file.js';
import { graphMacs } from '../quantize/cost.js';
import { gateError, sizeGates } from './gates.js';
import { folderFiles, renamed } from './generated.js';
import { type CodegenResult, cpuOf, type Job } from './index.js';
import type { CodegenPort, CodegenReport } from './report.js';
import { generateTflm } from './tflm/index.js';
import type { Kernels, TflmPort } from './tflm/types.js';

/**
 * Flash that a program with TensorFlow Lite Micro takes beside the model, bytes, -O2: the largest of four recorded programs
 * (MLPerf Tiny's tasks, a resolver with exactly their operators) on a Cortex-M4; with ESP-NN taken like CMSIS-NN.
 */
export const interpreterBytes: Readonly<Record<Kernels, number>> = { reference: 46_664, 'cmsis-nn': 85_144, 'esp-nn': 85_144 };

/** Kernels that take integers only. */
const integerOnly: readonly Kernels[] = ['cmsis-nn', 'esp-nn'];

/** `--for tflm`: the file's own bytes as an array, and what the interpreter has to be told. */
export async function tflmJob({ path, file, name, options }: Job): Promise<CodegenResult> {
  const source = await openSource(path);
  const format = detect(source);
  if (format !== 'tflite') {
    throw new ModelError(
      `${path} is no .tflite file, which is what TensorFlow Lite Micro runs. Make one first: edgeml quantize ${path} --calibrate SAMPLES.`,
    );
  }
  const kernels = options.kernels ?? kernelsFor(options.cpu);
  if (options.kernels && integerOnly.includes(kernels) && isFloat(decodeFile(source.bytes, path))) {
    throw new ModelError(
      `${path} is a float model, and ${kernels} has kernels for int8 and int16 only. Quantize it first: edgeml quantize ${path} --calibrate SAMPLES.`,
    );
  }
  const { files, report: made } = generateTflm(
    { path: file, bytes: source.bytes },
    { name, kernels, cpu: options.cpu && micro(options.cpu), labels: options.labels, project: options.project },
  );
  const sizes = { flash: made.modelBytes + interpreterBytes[made.kernels], ram: made.arena.bytes };
  const gates = sizeGates(options, sizes);
  const macs = await macsOf(path);
  const report: CodegenReport = {
    schema: 'edgeml.codegen/1',
    model: { path, format, size: source.bytes.length },
    ...{ for: 'tflm', name: made.identifier, cpu: made.cpu, inputs: made.inputs.map(portOf), outputs: made.outputs.map(portOf) },
    ...(macs !== undefined && { macs }),
    ...{ ram_bytes: sizes.ram, flash_bytes: sizes.flash, constant_bytes: made.modelBytes, code_bytes: interpreterBytes[made.kernels] },
    tflm: { kernels: made.kernels, operators: made.operators, arena: made.arena },
    ...(gates && { gates }),
    warnings: [...made.warnings, ...renamed(options.name, made.identifier)],
  };
  const error = gates && gateError(gates, { flash: `${file} with the interpreter`, ram: `the arena of ${file}` });
  return {
    files: folderFiles(files, { source: file, name: made.identifier }),
    report,
    ...(error && { gateError: error }),
  };
}

/** The kernels that a processor's port of TensorFlow Lite Micro is usually built with. */
function kernelsFor(cpu: string | undefined): Kernels {
  if (cpu?.startsWith('esp32')) return 'esp-nn';
  return cpu?.startsWith('cortex-m') ? 'cmsis-nn' : 'reference';
}

/** `portable` says nothing of the processor. Throws UsageError for an unknown one. */
const micro = (cpu: string): string | undefined => (cpu === 'portable' ? undefined : cpuOf(cpu).name);

/** Whether no operator works on integers that stand for reals. */
function isFloat({ subgraphs }: TfliteFile): boolean {
  const [graph] = subgraphs ?? [];
  const written = (graph?.operators ?? []).flatMap((op) => op.outputs ?? []);
  return !written.some((t) => ['INT8', 'INT16', 'UINT8'].includes(String(graph?.tensors?.[t]?.type)));
}

/** Multiply-accumulates, where edgeml's own graph knows every operator. */
async function macsOf(path: string): Promise<number | undefined> {
  try {
    return graphMacs((await load(path)).graph);
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

const portOf = ({ name, type, shape, bytes, scale, zeroPoint }: TflmPort): CodegenPort => ({
  ...{ name, dtype: type.toLowerCase(), shape, bytes },
  ...(scale !== undefined && { scale, zero_point: zeroPoint }),
});
