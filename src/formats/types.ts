import type { Graph } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { Shape } from '../ir/types.js';

/** Formats that edgeml can name from the bytes of a file or folder. The last three are recognised to be refused by name. */
export type FormatName = 'onnx' | 'tflite' | 'keras-h5' | 'keras-zip' | 'tfjs' | 'savedmodel' | 'frozen-pb';

/** A model file as a reader sees it. */
export interface Source {
  /** For messages, as the user gave it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Reads part of a file of the model's own folder (ONNX external data). Throws ModelError if the path leaves the folder. */
  readSibling(relative: string, offset: number, length?: number): Uint8Array;
}

export interface ReadOptions {
  /** Fixes free dimensions: input name to complete shape. A single entry under '' is for the only input. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  /** Turns inputs into constants, for inputs whose value decides a shape. */
  readonly inputValues?: Readonly<Record<string, Tensor>>;
}

/** A model as read: the graph (channels last, transposes where the source had channels first) and what the file said beside it. */
export interface Model {
  readonly graph: Graph;
  readonly format: FormatName;
  readonly path: string;
  /** Size of the file (with external data), bytes. */
  readonly fileSize: number;
  /**
   * Why the model counts as quantized already ("its activations are int8 from 'conv1' on"), absent for a float model.
   * Weights stored as float16 or int8 behind DEQUANTIZE do not count: they are read back to float32.
   */
  readonly quantized?: string;
  /** Things the user should know, as sentences. */
  readonly warnings: readonly string[];
}

/** One per format: `read.ts` of its folder exports it. Throws ModelError, UnsupportedError or NeedsConstantError only. */
export type Reader = (source: Source, options: ReadOptions) => Promise<Model> | Model;
