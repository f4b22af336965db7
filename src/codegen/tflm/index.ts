import { ModelError } from '../../errors.js';
import { decodeFile, type TfliteFile, type TfliteTensor } from '../../formats/tflite/file.js';
import { projectFor } from '../boards/projects/index.js';
import { identifierOf } from '../identifier.js';
import { planArena } from './arena/index.js';
import { elements, type Subgraph, subgraphsOf, tensorBytes } from './arena/model.js';
import { cpuFor, type Target, targetFor } from './arena/target.js';
import { operatorsOf } from './check.js';
import { classNames } from './labels.js';
import { modelHeader, modelSource } from './model-source.js';
import { opsHeader } from './ops-source.js';
import { settingsHeader } from './settings-source.js';
import type { ArenaReport, Kernels, TflmModel, TflmOptions, TflmOutput, TflmPort } from './types.js';

/**
 * Arrays and headers that run a `.tflite` file in TensorFlow Lite Micro: the file's own bytes, its operators, its arena, and if
 * wished a project.
 * The file need not be one that edgeml's own graph understands. Deterministic.
 * Throws ModelError where the bytes are no sound `.tflite` file, UnsupportedError with every operator that TensorFlow Lite Micro
 * lacks, UsageError where options do not fit the model or each other.
 */
export function generateTflm(model: TflmModel, options: TflmOptions): TflmOutput {
  const subject = model.path;
  const file = decodeFile(model.bytes, subject);
  const graphs = subgraphsOf(file, subject);
  if (graphs.length === 0) throw new ModelError(`${subject} holds no graph.`);
  const built = kernelsOf(options);
  const { kernels } = built;
  const cpu = cpuFor(kernels, options.cpu ?? built.cpu);
  const operators = operatorsOf(file, graphs, subject);
  const [main] = graphs;
  const warnings = [...shapesKnown(main, subject), ...(kernels === options.kernels ? [] : [built.why])];
  const inputs = main.inputs.map((t) => portOf(main.tensors[t]));
  const outputs = main.outputs.map((t) => portOf(main.tensors[t]));
  const labels = classNames(options.labels, model.bytes, outputs);
  const target = targetFor(kernels, cpu);
  const arena = withMargin(file, graphs, target, cpu.name === 'portable');
  const host = planArena(file, graphs, { ...target, abi: { pointer: 8, enumeration: 4 }, newer: true });
  const id = identifierOf(options.name);
  const origin = { source: subject.split(/[\\/]/).at(-1) ?? subject, name: id };
  const plannedFor = `${kernelNames[kernels]} on ${cpu.name === 'portable' ? 'a 32-bit processor' : cpu.name}`;
  warnings.push(...estimates(arena, kernels, id), ...perChannel(graphs), ...variables(graphs));
  const sources = new Map<string, string>([
    [`${id}_model.h`, modelHeader(id, model.bytes.length, origin)],
    [`${id}_model.cc`, modelSource(id, model.bytes, origin)],
    [`${id}_ops.h`, opsHeader(id, operators, origin)],
    [
      `${id}_settings.h`,
      settingsHeader({
        id,
        origin,
        arena,
        hostBytes: host.bytes,
        plannedFor,
        inputs,
        outputs,
        labels,
      }),
    ],
  ]);
  const files = options.project
    ? projectFor(options.project, {
        ...{ name: id, title: options.name, kind: 'tflm', sources, arenaBytes: arena.bytes, modelBytes: model.bytes.length },
        ...{ source: origin.source, inputs, outputs, kernels, cpu: cpu.name, sample: options.sample },
      })
    : sources;
  const report = {
    identifier: id,
    modelBytes: model.bytes.length,
    kernels,
    cpu: cpu.name,
    operators,
    inputs,
    outputs,
    arena,
    warnings,
  };
  return { files, report };
}

const kernelNames: Readonly<Record<Kernels, string>> = { reference: 'the reference kernels', 'cmsis-nn': 'CMSIS-NN', 'esp-nn': 'ESP-NN' };

/**
 * The kernels that the program will be built with: two SDKs' ports of TensorFlow Lite Micro have only one kind, and an arena
 * planned for the reference kernels would be too small there.
 */
function kernelsOf({ kernels, project }: TflmOptions): { kernels: Kernels; cpu?: string; why: string } {
  if (kernels === 'reference' && project === 'esp-idf') {
    return { kernels: 'esp-nn', why: 'The component esp-tflite-micro is built with ESP-NN, so the arena is planned for that.' };
  }
  if (project === 'pico-sdk' && kernels !== 'esp-nn') {
    return { kernels: 'cmsis-nn', cpu: 'cortex-m0plus', why: 'pico-tflmicro is built with CMSIS-NN, so the arena is planned for that.' };
  }
  return { kernels, why: '' };
}

/** Most that is added to the arena for versions of TensorFlow Lite Micro whose structures are larger, as a part of what the model uses. */
const margin = 0.045;

/**
 * The arena of the versions that SDKs ship, and as far as {@link margin} allows that of the newest.
 * A processor without a name is given the larger of the two conventions for enumerations.
 */
export function withMargin(file: TfliteFile, graphs: readonly Subgraph[], target: Target, anyProcessor: boolean): ArenaReport {
  const plan = (changes: Partial<Target>) => planArena(file, graphs, { ...target, ...changes });
  const arena = plan({});
  const least = anyProcessor ? plan({ abi: { pointer: 4, enumeration: 1 } }) : arena;
  const newer = plan({ newer: true });
  const most = Math.floor((least.used * (1 + margin)) / 16) * 16;
  const bytes = Math.max(arena.bytes, Math.min(newer.bytes, most));
  if (bytes === arena.bytes) return arena;
  return { ...arena, bytes, parts: [...arena.parts, { kind: 'room for newer versions', bytes: bytes - arena.bytes }] };
}

function portOf(t: TfliteTensor): TflmPort {
  const scale = t.type === 'FLOAT32' ? undefined : t.quantization?.scale?.[0];
  return {
    name: t.name ?? '',
    type: t.type,
    shape: t.shape ?? [],
    bytes: tensorBytes(t),
    ...(scale !== undefined && { scale, zeroPoint: t.quantization?.zero_point?.[0] ?? 0 }),
  };
}

/** TensorFlow Lite Micro knows no dynamic shapes: those of the file are what runs. Throws ModelError where one has no size. */
function shapesKnown(graph: Subgraph, subject: string): string[] {
  const unsized = graph.tensors.find((t) => (t.shape ?? []).some((d) => d < 0) || !Number.isSafeInteger(elements(t.shape)));
  if (unsized) {
    throw new ModelError(
      `${subject}: the tensor '${unsized.name ?? ''}' has the shape [${unsized.shape}], and TensorFlow Lite Micro takes fixed shapes only. ` +
        'Convert the model with fixed input shapes.',
    );
  }
  // A batch that may vary is 1 on a microcontroller, which surprises nobody.
  const dynamic = graph.inputs.map((t) => graph.tensors[t]).find((t) => t.shape_signature?.includes(-1, 1));
  return dynamic ? [`The input '${dynamic.name ?? ''}' may vary in the file; it is fixed at [${dynamic.shape ?? []}] here.`] : [];
}

function estimates(arena: ArenaReport, kernels: Kernels, id: string): string[] {
  if (arena.estimated.length === 0) return [];
  const why =
    kernels === 'esp-nn' ? "ESP-NN's versions differ in what their kernels copy" : 'not all that these kernels keep is known exactly';
  return [
    `The arena has an upper bound for ${arena.estimated.join(', ')}: ${why}. Once the program has printed what it uses, ` +
      `${id.toUpperCase()}_ARENA_BYTES may be defined smaller.`,
  ];
}

/** Ports of TensorFlow Lite Micro from before August 2024 take the first channel's scale for all, and say nothing. */
function perChannel(graphs: readonly Subgraph[]): string[] {
  const ops = graphs.flatMap((g) => g.ops);
  if (!ops.some((op) => op.name === 'FULLY_CONNECTED' && (op.inputs[1]?.quantization?.scale?.length ?? 0) > 1)) return [];
  return [
    'FULLY_CONNECTED has weights quantized per channel, which ports of TensorFlow Lite Micro from before August 2024 compute wrongly without a ' +
      'word. For such a port quantize with --fc per-tensor.',
  ];
}

/** Resource variables belong to an object that the interpreter's user creates, on the same arena. */
function variables(graphs: readonly Subgraph[]): string[] {
  const handles = graphs.flatMap((g) => g.ops).filter((op) => op.name === 'VAR_HANDLE').length;
  if (handles === 0) return [];
  return [
    `The model keeps state in ${handles} resource variable${handles === 1 ? '' : 's'}: give the interpreter a tflite::MicroResourceVariables ` +
      'with room for them, and the arena room for what they hold, which is not counted.',
  ];
}
