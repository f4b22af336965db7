import type { DType, Shape } from '../ir/types.js';
import type { ArenaReport, TflmOperator } from './tflm/types.js';

/** An input or output as the caller of the generated code sees it. */
export interface CodegenPort {
  readonly name: string;
  readonly dtype: DType | string;
  readonly shape: Shape;
  readonly bytes: number;
  /** `real = scale * (q - zero_point)`; absent where it is not quantized. */
  readonly scale?: number;
  readonly zero_point?: number;
}

/** A size that was asked for and what it is. */
export interface SizeGate {
  readonly max_bytes: number;
  readonly bytes: number;
  readonly met: boolean;
}

/** What `edgeml codegen --json` prints. A change of meaning raises the number in `schema`. */
export interface CodegenReport {
  readonly schema: 'edgeml.codegen/1';
  readonly model: { readonly path: string; readonly format: string; readonly size: number };
  readonly for: 'c' | 'tflm';
  /** The C identifier that everything begins with. */
  readonly name: string;
  readonly cpu: string;
  readonly inputs: readonly CodegenPort[];
  readonly outputs: readonly CodegenPort[];
  /** Multiply-accumulates of one inference; absent where edgeml does not know an operator that TensorFlow Lite Micro has. */
  readonly macs?: number;
  /** Bytes of the arena: inputs, outputs and everything between them. The stack comes on top. */
  readonly ram_bytes: number;
  /** Bytes of flash: constants (or the model itself) and code. */
  readonly flash_bytes: number;
  readonly constant_bytes: number;
  /** An estimate: measured with arm-none-eabi-gcc 12 -O2, kernel by kernel (c), or a whole program of recorded models (tflm). */
  readonly code_bytes: number;
  readonly c?: { readonly rounding: 'double' | 'single'; readonly layers: readonly CodegenLayer[] };
  readonly tflm?: { readonly kernels: string; readonly operators: readonly TflmOperator[]; readonly arena: ArenaReport };
  readonly gates?: { readonly flash?: SizeGate; readonly ram?: SizeGate };
  readonly warnings: readonly string[];
}

export interface CodegenLayer {
  readonly name: string;
  readonly operator: string;
  /** Headers below edgeml/; none where the layer only renames. */
  readonly kernels: readonly string[];
  readonly output: Shape;
}
