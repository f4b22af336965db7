import type { QuantParams } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';

/** An input or output of a loaded model, as the runtime sees it. */
export interface Port extends TypeInfo {
  readonly name: string;
  /** Where the file quantizes the port itself (int8 or uint8 in and out). */
  readonly quant?: QuantParams;
}

/** A model loaded into a runtime. */
export interface Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Runs once. Inputs in the order and with the types of `inputs`. The tensors that come back are the caller's.
   * Throws ModelError with the runtime's own words where it refuses.
   */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** Frees the model. Closing twice does nothing. */
  close(): Promise<void>;
}

/** A way to execute model files. */
export interface Runtime {
  readonly name: 'onnxruntime' | 'litert' | 'interpreter';
  /** What was loaded, for reports: "onnxruntime-node 1.30.0". */
  readonly version: string;
  /** Loads a model file held in memory. Throws ModelError with the runtime's own words where it refuses. */
  load(model: Uint8Array): Promise<Session>;
}
