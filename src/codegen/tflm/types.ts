import type { Sdk } from '../boards/projects/types.js';

/** Which implementation of the operators TensorFlow Lite Micro is built with. */
export type Kernels = 'reference' | 'cmsis-nn' | 'esp-nn';

export interface TflmOptions {
  /** The model's name as the user gave it; identifiers and file names are made of it. */
  readonly name: string;
  readonly kernels: Kernels;
  /** A name of src/codegen/boards/cpus.ts. By default Cortex-M4 for CMSIS-NN, ESP32-S3 for ESP-NN, else any 32-bit processor. */
  readonly cpu?: string;
  /** Class names, in the order of the outputs' last axis. */
  readonly labels?: readonly string[];
  /** Also writes a folder that the SDK builds. */
  readonly project?: Sdk;
  /** Bytes of every input, in order, that the project's program runs at its start; zeros where absent. */
  readonly sample?: readonly Uint8Array[];
}

export interface TflmModel {
  /** For messages and comments, e.g. "kws.tflite". */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One of TensorFlow Lite Micro's operators that the model uses. */
export interface TflmOperator {
  /** BuiltinOperator's name, or a custom operator's. */
  readonly name: string;
  /** The resolver's method, e.g. `AddConv2D`. */
  readonly add: string;
  /** Kernel variant worth registering instead of the general one, e.g. `Register_CONV_2D_INT8`. */
  readonly variant?: string;
  readonly versions: readonly number[];
  readonly nodes: number;
}

export interface TflmPort {
  readonly name: string;
  /** TensorType's name, e.g. `INT8`. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Absent where the tensor is not quantized. */
  readonly scale?: number;
  readonly zeroPoint?: number;
}

/** A part of the arena. `kind` is a phrase such as "tensors (eval)". */
export interface ArenaPart {
  readonly kind: string;
  readonly bytes: number;
}

/** Where the bytes of the arena go. */
export interface ArenaReport {
  /** What to give the interpreter: a multiple of 16, enough for allocation and inference. */
  readonly bytes: number;
  /** What `arena_used_bytes()` will say. */
  readonly used: number;
  /** Activations and scratch buffers, planned by the greedy planner. */
  readonly head: number;
  /** Structures that live as long as the interpreter. */
  readonly persistent: number;
  /** The most that is in use at once while tensors are allocated; more than `used` in models with small activations. */
  readonly allocationPeak: number;
  readonly parts: readonly ArenaPart[];
  /** Operators whose own structures are estimated from above, because their sizes are not known. */
  readonly estimated: readonly string[];
}

export interface TflmReport {
  /** The C identifier that stands for the model in every name. */
  readonly identifier: string;
  readonly modelBytes: number;
  readonly kernels: Kernels;
  readonly cpu: string;
  readonly operators: readonly TflmOperator[];
  readonly inputs: readonly TflmPort[];
  readonly outputs: readonly TflmPort[];
  readonly arena: ArenaReport;
  /** Sentences for the user. */
  readonly warnings: readonly string[];
}

/** What `edgeml codegen --for tflm` writes. Paths use '/', relative to the output folder. */
export interface TflmOutput {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly report: TflmReport;
}
