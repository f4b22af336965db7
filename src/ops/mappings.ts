import type { Attrs, Node, QuantParams, Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { DType } from '../ir/types.js';

/**
 * What a format's node looks like when an operator is one to one with it, possibly with parameters that the graph
 * holds as attributes and the format as constant inputs. Anything else is a rule in formats/<format>/rules.
 */
export interface Operation {
  readonly inputs: readonly (Value | null)[];
  readonly attrs: Attrs;
}

/** An ONNX node as a mapping's `read` sees it. Every getter throws a ModelError that names node and field. */
export interface OnnxNode {
  readonly type: string;
  readonly name: string;
  /** Version of the operator's domain that the model imports. */
  readonly opset: number;
  /** Absent optional inputs are null. */
  readonly inputs: readonly (Value | null)[];
  /** How many outputs the node declares (absent ones at the end not counted). */
  readonly outputCount: number;
  has(attribute: string): boolean;
  int(attribute: string, fallback?: number): number;
  ints(attribute: string, fallback?: readonly number[]): number[];
  float(attribute: string, fallback?: number): number;
  floats(attribute: string, fallback?: readonly number[]): number[];
  string(attribute: string, fallback?: string): string;
  tensor(attribute: string): Tensor;
  /** Input `i`, which must be present. */
  input(i: number): Value;
  /** Input `i` as a constant; throws NeedsConstantError naming the model input it depends on where it is not one. */
  constant(i: number): Tensor;
  /** Input `i` as constant integers, or the fallback where it is absent. */
  constantInts(i: number, fallback?: readonly number[]): number[];
  /** Refuses the node: `reason` is the end of a sentence ("has a dynamic axis"). */
  refuse(reason: string): never;
}

/** What a mapping's `write` gives for an ONNX node. Numbers in `attributes` are written as INT where whole and declared so. */
export interface OnnxNodeSpec {
  readonly type?: string;
  /** Values of the graph, or constants to be made: `{ int64: [1, -1] }`, `{ like: value, scalars: [0] }`. */
  readonly inputs?: readonly OnnxInputSpec[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}
export type OnnxInputSpec =
  | Value
  | null
  | { readonly int64: readonly number[] }
  | { readonly float32: readonly number[]; readonly shape?: readonly number[] }
  | Tensor;
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string };

export interface OnnxMapping<A> {
  /** The operator type in the default domain. */
  readonly type: string;
  /** Lowest opset whose definition `write` follows; the writer raises the file's opset to it where it must. */
  readonly since?: number;
  /** Graph attribute to ONNX attribute, where names and meaning agree in every opset that is read. */
  readonly attributes?: Readonly<Partial<Record<keyof A & string, string>>>;
  /** How an ONNX node becomes this operator; absent: inputs in order, `attributes` by name. */
  readonly read?: (node: OnnxNode) => Operation;
  /** Other operator types that `read` understands as well (an older name: `Scatter` for ScatterElements). */
  readonly also?: readonly string[];
  /**
   * How this operator is written; absent: inputs in order, `attributes` by name. Null: not for these attributes or types.
   * `opset` is that of the file: some parameters are attributes up to one opset and inputs from the next.
   */
  readonly write?: (attrs: A, node: Node, opset: number) => OnnxNodeSpec | null;
  /** Element types of the first input that ONNX and onnxruntime take; absent: the float types, int32 and int64. */
  readonly types?: readonly DType[];
}

/** A TFLite operator as a mapping's `read` sees it. Every getter throws a ModelError that names operator and field. */
export interface TfliteOperator {
  readonly builtin: string;
  readonly name: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly { readonly dtype: DType; readonly shape: readonly number[] }[];
  /** A field of the builtin options table, with the schema's default where it is not stored. Enums are their names. */
  option<T extends number | boolean | string | readonly number[]>(field: string): T;
  input(i: number): Value;
  constant(i: number): Tensor;
  constantInts(i: number): number[];
  refuse(reason: string): never;
}

export interface TfliteOperatorSpec {
  /** Another builtin than the record's, e.g. RELU6 for a Clip of 0 to 6. */
  readonly builtin?: string;
  /** The options table of that other builtin, where it is another than the record's. */
  readonly optionsTable?: string;
  /** Values of the graph, or int32 (or other) constants to be made. -1 in the file for null. */
  readonly inputs?: readonly TfliteInputSpec[];
  /** Fields of the options table; enums by name, e.g. `{ padding: 'SAME' }`. */
  readonly options?: Readonly<Record<string, number | boolean | string | readonly number[]>>;
}

export type TfliteInputSpec =
  | Value
  | null
  | { readonly int32: readonly number[]; readonly shape?: readonly number[] }
  | (Tensor & { readonly quant?: QuantParams });

export interface TfliteMapping<A> {
  /** BuiltinOperator name. */
  readonly builtin: string;
  /** Other builtins that `read` understands as well (it tells them apart by `operator.builtin`): PADV2 beside PAD. */
  readonly also?: readonly string[];
  /** Name of the BuiltinOptions table, where it has one. */
  readonly options?: string;
  /** Element types of the first input that LiteRT's kernels take; absent: float32, and int8/int16 where the record has `quantize`. */
  readonly types?: readonly DType[];
  /** Highest rank that LiteRT's kernel takes; absent: 5. */
  readonly maxRank?: number;
  /** The lowest operator version that describes this use; absent: 1 for float32, 2 for int8. */
  readonly version?: (attrs: A, node: Node) => number;
  /** Absent: inputs in order, no attributes. */
  readonly read?: (operator: TfliteOperator) => Operation;
  /** Absent: inputs in order, no options. Null: TFLite cannot say this (the writer then tries `decompose`). */
  readonly write?: (attrs: A, node: Node) => TfliteOperatorSpec | null;
}
