import type { NamedInput } from '../inputs.js';
import type { LayerShare } from '../types.js';

/** Runtimes that a child process of Node.js loads. */
export type ChildRuntime = 'onnxruntime' | 'litert';

/** How long to measure. */
export interface Effort {
  /** At least this many runs. */
  readonly runs: number;
  /** At least for this long. */
  readonly seconds: number;
  /** No run begins after so many seconds, however few there were; one always does. */
  readonly limit: number;
}

/** What the parent asks for. */
export interface Job extends Effort {
  readonly runtime: ChildRuntime;
  /** The model file. */
  readonly path: string;
  readonly inputs: readonly NamedInput[];
  readonly threads?: number;
  /** An empty folder for the runtime's profile; absent where no layers are wanted. */
  readonly profileFolder?: string;
}

/** What was measured. */
export interface Timings {
  /** "onnxruntime-node 1.30.0". */
  readonly version: string;
  /** Of each run, in order. */
  readonly milliseconds: Float64Array;
  readonly warmUp: number;
  /** Resident memory before the runtime was loaded, and at its peak, bytes. */
  readonly memory: { readonly before: number; readonly peak: number };
  readonly layers?: readonly LayerShare[];
  /** Why there are no layers, as the end of a sentence. */
  readonly noLayers?: string;
}

/** What the child answers, once. */
export type Answer = { readonly timings: Timings } | { readonly refusal: string } | { readonly bug: string };

/** More runs than this say nothing more. */
export const mostRuns = 1_000_000;
