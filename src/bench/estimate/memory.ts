import { cpuNamed } from '../../codegen/boards/cpus.js';
import { codeBytes } from '../../codegen/c/code-size.js';
import { generateC } from '../../codegen/c/index.js';
import { subgraphsOf } from '../../codegen/tflm/arena/model.js';
import { targetFor } from '../../codegen/tflm/arena/target.js';
import { operatorsOf } from '../../codegen/tflm/check.js';
import { withMargin } from '../../codegen/tflm/index.js';
import type { ArenaReport, Kernels } from '../../codegen/tflm/types.js';
import { interpreterBytes } from '../../codegen/tflm-job.js';
import { EdgemlError, ModelError } from '../../errors.js';
import { decodeFile, type TfliteFile } from '../../formats/tflite/file.js';
import type { Model } from '../../formats/types.js';
import { reasonsOf } from '../reasons.js';
import { type BytesPart, type RuntimeName, runtimeTitles } from '../types.js';

/** RAM and flash of a model with a runtime, or why it does not run there. */
export interface Memory {
  readonly ram: readonly BytesPart[];
  readonly flash: readonly BytesPart[];
}
export type MemoryResult = Memory | { readonly reasons: readonly string[] };

/** A model as the estimate holds it: what does not depend on the device is worked out once. */
export interface Subject {
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly int8: boolean;
  /** Most bytes of activations alive at once. */
  readonly activations: number;
  readonly known: Map<string, unknown>;
}

const kernelsOf: Readonly<Partial<Record<RuntimeName, Kernels>>> = {
  tflm: 'reference',
  'tflm-cmsis-nn': 'cmsis-nn',
  'tflm-esp-nn': 'esp-nn',
};

/**
 * Flash of interpreter and kernels where it is not that of a Cortex-M4, bytes: the largest of five recorded programs (MLPerf Tiny's tasks)
 * for the core, -O2.
 */
const interpreterOn: Readonly<Record<string, Readonly<Partial<Record<Kernels, number>>>>> = {
  'cortex-m0': { reference: 58_780, 'cmsis-nn': 87_092 },
  'cortex-m0plus': { reference: 58_780, 'cmsis-nn': 87_092 },
  'cortex-m3': { reference: 47_652 },
  'cortex-m7': { 'cmsis-nn': 85_656 },
  'cortex-m55': { 'cmsis-nn': 73_300 },
};

/** Stack of generated C: most of what was seen in QEMU for MLPerf Tiny's models is below 400 bytes. */
const stackOfC = 512;

/**
 * Libraries on systems with files and virtual memory: resident memory of a process with one small model, and the size of the library.
 * Orders of magnitude by the sizes of the aarch64 wheels of ai-edge-litert and onnxruntime, and NVIDIA's notes on CUDA's context.
 */
const libraries: Readonly<Partial<Record<RuntimeName, { readonly ram: number; readonly flash: number; readonly takes: string }>>> = {
  litert: { ram: 8e6, flash: 6e6, takes: 'tflite' },
  onnxruntime: { ram: 25e6, flash: 18e6, takes: 'onnx' },
  tensorrt: { ram: 500e6, flash: 1200e6, takes: 'onnx' },
};

/** What a model needs with a runtime on a processor (a name of codegen's, where the runtime runs without a system). */
export function memoryOf(subject: Subject, runtime: RuntimeName, cpu: string | undefined): MemoryResult {
  try {
    const kernels = kernelsOf[runtime];
    if (kernels) return tflm(subject, runtime, kernels, cpu as string);
    return runtime === 'edgeml-c' ? ownC(subject, cpu as string) : withLibrary(subject, runtime);
  } catch (error) {
    if (!(error instanceof EdgemlError)) throw error;
    return { reasons: reasonsOf(error, runtime) };
  }
}

function once<T>({ known }: Subject, key: string, make: () => T): T {
  if (!known.has(key)) {
    try {
      known.set(key, { value: make() });
    } catch (error) {
      known.set(key, { error });
    }
  }
  const entry = known.get(key) as { value: T } | { error: unknown };
  if ('error' in entry) throw entry.error;
  return entry.value;
}

function tflm(subject: Subject, runtime: RuntimeName, kernels: Kernels, cpuName: string): Memory {
  const { model, bytes, int8 } = subject;
  if (model.format !== 'tflite') {
    throw new ModelError(`${runtimeTitles[runtime]} runs .tflite files, and ${model.path} is ${model.format}. edgeml quantize writes one.`);
  }
  if (!int8 && kernels !== 'reference') {
    throw new ModelError(
      `${model.path} is a float model, and ${runtimeTitles[runtime]} has kernels for int8 and int16 only. Quantize it first: edgeml quantize.`,
    );
  }
  const file = once(subject, 'tflite', (): { file: TfliteFile; graphs: ReturnType<typeof subgraphsOf> } => {
    const decoded = decodeFile(bytes, model.path);
    const graphs = subgraphsOf(decoded, model.path);
    operatorsOf(decoded, graphs, model.path);
    return { file: decoded, graphs };
  });
  const cpu = cpuNamed(cpuName) ?? cpuNamed('portable');
  if (!cpu) throw new ModelError(`There is no processor ${cpuName}.`);
  const target = targetFor(kernels, cpu);
  const arena = once(subject, `arena ${JSON.stringify(target)}`, (): ArenaReport => withMargin(file.file, file.graphs, target, false));
  return {
    ram: arena.parts.map(({ kind, bytes: size }) => ({ what: kind, bytes: size })).concat(rest(arena)),
    flash: [
      { what: 'model', bytes: bytes.length },
      { what: 'interpreter and kernels', bytes: interpreterOn[cpu.name]?.[kernels] ?? interpreterBytes[kernels] },
    ],
  };
}

/** What the arena has beyond its parts: room that allocation takes for a while, and alignment. */
function rest(arena: ArenaReport): BytesPart[] {
  const bytes = arena.bytes - arena.parts.reduce((sum, p) => sum + p.bytes, 0);
  return bytes > 0 ? [{ what: 'room while tensors are allocated', bytes }] : [];
}

function ownC(subject: Subject, cpuName: string): Memory {
  const cpu = cpuNamed(cpuName) ?? cpuNamed('portable');
  if (!cpu) throw new ModelError(`There is no processor ${cpuName}.`);
  // Processors with the same abilities get the same C.
  const kind = `c ${cpu.dsp} ${cpu.mve}`;
  const { report } = once(subject, kind, () => {
    const made = generateC(subject.model.graph, { name: 'model', cpu, sizesOnly: true });
    return { report: made.report };
  });
  return {
    ram: [
      { what: 'arena', bytes: report.arenaBytes },
      { what: 'stack', bytes: stackOfC },
    ],
    flash: [
      { what: 'weights and tables', bytes: report.constantBytes },
      { what: 'code', bytes: codeBytes(report.functions, cpu) },
    ],
  };
}

/** Whether a runtime reads files of this format; edgeml's own C is made from any. */
export const takesFormat = (runtime: RuntimeName, format: string): boolean =>
  runtime === 'edgeml-c' || format === (libraries[runtime]?.takes ?? 'tflite');

function withLibrary({ model, activations }: Subject, runtime: RuntimeName): Memory {
  const library = libraries[runtime];
  if (!library) throw new ModelError(`${runtimeTitles[runtime]} is not estimated.`);
  if (model.format !== library.takes) {
    const remedy = `edgeml quantize writes .${library.takes} files`;
    throw new ModelError(`${runtimeTitles[runtime]} runs .${library.takes} files, and ${model.path} is ${model.format}; ${remedy}.`);
  }
  return {
    ram: [
      { what: 'library (about)', bytes: library.ram },
      { what: 'model', bytes: model.fileSize },
      { what: 'activations', bytes: activations },
    ],
    flash: [
      { what: 'model', bytes: model.fileSize },
      { what: 'library (about)', bytes: library.flash },
    ],
  };
}
