import type { Graph, QuantParams } from '../../ir/graph.js';
import { byteSize, type DType, type Shape } from '../../ir/types.js';
import { type Cpu, compilerLine } from '../boards/cpus.js';
import { identifierOf } from '../identifier.js';
import { guardLines } from './emit/guard.js';
import { headerText } from './emit/header.js';
import { type MainKind, mainText } from './emit/main.js';
import { sourceText } from './emit/source.js';
import { kernelHeaders } from './kernels.js';
import { isQuantized, layersOf } from './layers.js';
import type { Rounding } from './program.js';
import { planStorage } from './storage.js';

export interface COptions {
  /** What everything is called; made a C identifier. */
  readonly name: string;
  readonly cpu: Cpu;
  readonly rounding?: Rounding;
  /** Adds a `main.c` that runs the model on files, or over a UART. */
  readonly main?: MainKind;
  /** Class names in the order of the first output. */
  readonly labels?: readonly string[];
  /** The file that the model was read from, for the first lines; without a folder, so that the output is the same everywhere. */
  readonly source?: string;
  /** Only the report is wanted: the files come without the contents of constants, which takes most of the time. */
  readonly sizesOnly?: boolean;
}

/** A layer of the generated program, for reports. */
export interface CLayer {
  readonly name: string;
  readonly operator: string;
  /** The kernel headers it calls; none where it only renames. */
  readonly kernels: readonly string[];
  readonly output: Shape;
}

export interface CPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly bytes: number;
  readonly offset: number;
  readonly quant?: QuantParams;
}

export interface CReport {
  /** The C identifier. */
  readonly name: string;
  readonly cpu: string;
  readonly rounding: Rounding;
  readonly arenaBytes: number;
  /** Weights, tables and parameters in flash, on a 32-bit target; code is not counted. */
  readonly constantBytes: number;
  readonly inputs: readonly CPort[];
  readonly outputs: readonly CPort[];
  readonly layers: readonly CLayer[];
  /** The kernel function of every call, in order. */
  readonly functions: readonly string[];
}

export interface GeneratedC {
  /** Text by path relative to the output folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly report: CReport;
}

/**
 * A graph as standalone C99: `<name>.h`, `<name>.c`, the kernels it needs under `edgeml/`, and a `main.c` where asked for.
 * The same graph and options give the same bytes. Throws UnsupportedError with every node that no kernel takes.
 */
export function generateC(source: Graph, options: COptions): GeneratedC {
  const { cpu, rounding = 'double', main, labels, sizesOnly } = options;
  const name = identifierOf(options.name);
  const { graph, layers } = layersOf(source, { cpu, rounding }, options.source ?? `The model '${source.name}'`);
  const storage = planStorage(graph, layers);
  const origin = { source: options.source ?? source.name, name };
  const kernels = kernelHeaders(layers.flatMap((l) => l.calls.map((c) => c.kernel)));
  const about = [
    `For ${cpu.name} (${cpu.about})${isQuantized(graph) ? `; ${rounding} rounding` : ''}. Compile it with`,
    `  ${compilerLine(cpu)} -O2 -c ${name}.c`,
  ];
  const { text, constantBytes } = sourceText({
    name,
    origin,
    about,
    guard: guardLines(name, cpu, kernels),
    layers,
    storage,
    rounding,
    labels,
    sizesOnly,
  });
  const ports = { name, origin, about, inputs: graph.inputs, outputs: graph.outputs };
  const files = new Map([
    [`${name}.h`, headerText({ ...ports, storage, labels })],
    [`${name}.c`, text],
  ]);
  if (main) files.set('main.c', mainText(main, ports));
  for (const [file, content] of kernels) files.set(`edgeml/${file}`, content);
  const portOf = (v: Graph['inputs'][number]): CPort => ({
    ...{ name: v.name, dtype: v.dtype, shape: v.shape, bytes: byteSize(v), offset: storage.offsetOf(v) },
    ...(v.quant && { quant: v.quant }),
  });
  return {
    files,
    report: {
      ...{ name, cpu: cpu.name, rounding, arenaBytes: storage.bytes, constantBytes },
      inputs: graph.inputs.map(portOf),
      outputs: graph.outputs.map(portOf),
      functions: layers.flatMap((l) => l.calls.map((c) => c.function)),
      layers: layers.map(({ node, calls }) => ({
        ...{ name: node.outputs[0].name, operator: node.op, output: node.outputs[0].shape },
        kernels: [...new Set(calls.map((c) => c.kernel))],
      })),
    },
  };
}
