import type { Node, Value } from '../../ir/graph.js';
import type { Cpu } from '../boards/cpus.js';

/** How an int32 accumulator becomes int8 (numerics.md §2): TFLite Micro and CMSIS-NN round twice, XNNPACK once. */
export type Rounding = 'double' | 'single';

/** What a lowering is made for. */
export interface Target {
  readonly cpu: Cpu;
  readonly rounding: Rounding;
}

/** Element types of the generated C. */
export type CType = 'int8_t' | 'uint8_t' | 'int16_t' | 'uint16_t' | 'int32_t' | 'uint32_t' | 'int64_t' | 'uint64_t' | 'float' | 'double';

/** A pointer to a value: in the arena, or in flash where the value is a constant. */
export interface Place {
  readonly kind: 'in' | 'out';
  readonly value: Value;
}

/** A pointer to a `static const` array that the lowering computed. Equal tables of one model are emitted once. */
export interface Table {
  readonly kind: 'table';
  /** What it holds, a word for the identifier: `weights`, `multipliers`. */
  readonly name: string;
  readonly type: CType;
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
  /** Alignment in bytes where it is more than the element's. */
  readonly align?: number;
}

/** A float literal; a plain number is an integer literal. */
export interface Float {
  readonly kind: 'float';
  readonly value: number;
}

/** An address inside the scratch part of the arena, valid during the call, aligned to 16 bytes, in no defined state. */
export interface Scratch {
  readonly kind: 'scratch';
  readonly bytes: number;
}

/** A pointer to a `static const` struct, its fields by their C names (designated initialisers). */
export interface Struct {
  readonly kind: 'struct';
  /** The C type, as the kernel's header defines it: `edgeml_conv2d_s8`. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** A field of a struct: an integer, integers of an array, a float, or a pointer to a table or constant (`null`: a null pointer). */
export type Field = number | readonly number[] | readonly Float[] | Float | Table | Place | null;

export type Arg = Place | Table | Struct | Float | Scratch | number;

/** One call of a kernel. */
export interface Call {
  /** The header below kernels/ that has the function, without `.h`. */
  readonly kernel: string;
  /** The C function, `edgeml_…`. */
  readonly function: string;
  readonly args: readonly Arg[];
  /**
   * Inputs whose memory the output may take, and from where: the kernel is right wherever
   * `address(output) + distance <= address(input)`, in bytes; 0 is in place. An input that is not listed is kept apart.
   * It holds for the first output of the call, and only counts where the input is not needed afterwards.
   */
  readonly overlaps?: ReadonlyMap<Value, number>;
  /** Where given, `address(input) - address(output)` has to be a multiple of it for `overlaps` to hold. */
  readonly overlapMultiple?: number;
}

/** The outputs are their inputs under another shape: no code, one place (Reshape). */
export interface Alias {
  readonly alias: Value;
}

/** Turns a node into calls, or says that nothing has to be done. Throws {@link NoKernel} where the kernels do not reach. */
export type Lowering = (node: Node, target: Target) => readonly Call[] | Alias;

/** Which nodes a lowering is for: the operators, and the element types of the first input (absent: all). */
export interface Rule {
  readonly ops: readonly string[];
  readonly types?: readonly Value['dtype'][];
  readonly lower: Lowering;
}

/** Why a node cannot become C, as the end of a sentence: "takes no int64". */
export class NoKernel extends Error {}

export const input = (value: Value): Place => ({ kind: 'in', value });
export const output = (value: Value): Place => ({ kind: 'out', value });
export const float = (value: number): Float => ({ kind: 'float', value });
export const scratch = (bytes: number): Scratch => ({ kind: 'scratch', bytes });
export const struct = (type: string, fields: Struct['fields']): Struct => ({ kind: 'struct', type, fields });
export const table = (name: string, type: CType, data: Table['data'], align?: number): Table => ({
  kind: 'table',
  name,
  type,
  data,
  align,
});
