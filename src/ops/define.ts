import type { Attrs, AttrValue, Node, Value } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { TypeInfo } from '../ir/types.js';
import type { OnnxMapping, TfliteMapping } from './mappings.js';
import type { NodeBuilder } from './node-builder.js';

/** The declared type of an attribute; without `default` it is required. */
export interface AttrSpec<T extends AttrValue = AttrValue> {
  readonly kind: 'int' | 'ints' | 'float' | 'floats' | 'bool' | 'string';
  readonly default?: T;
  readonly oneOf?: readonly string[];
}

export const int = (value?: number): AttrSpec<number> => ({ kind: 'int', default: value });
export const ints = (value?: readonly number[]): AttrSpec<readonly number[]> => ({ kind: 'ints', default: value });
export const float = (value?: number): AttrSpec<number> => ({ kind: 'float', default: value });
export const floats = (value?: readonly number[]): AttrSpec<readonly number[]> => ({ kind: 'floats', default: value });
export const bool = (value?: boolean): AttrSpec<boolean> => ({ kind: 'bool', default: value });
/** One of the listed words; the first is the default. */
export const oneOf = <T extends string>(...words: T[]): AttrSpec<T> => ({ kind: 'string', default: words[0], oneOf: words });

export type AttrSpecs = Readonly<Record<string, AttrSpec>>;
export type AttrsOf<S extends AttrSpecs> = { readonly [K in keyof S]: S[K] extends AttrSpec<infer T> ? T : never };

/** An operand as `infer` sees it: its type, and its data where it is a constant. */
export type Operand = Pick<Value, 'dtype' | 'shape' | 'data' | 'quant'>;

/** Multiply-accumulates of one inference of the node; element-wise work counts as `elements`. */
export interface Cost {
  readonly macs: number;
  readonly elements: number;
}

/**
 * How an operator takes part in int8 quantization (numerics.md §1). Only float32 operands are concerned.
 * - `free`: each operand and result has its own range.
 * - `output-like-input`: the results take scale and zero point of input `from`.
 * - `inputs-like-output`: all inputs take the output's.
 * - `fixed`: the output has parameters that the kernel prescribes.
 * - `weighted`: input `weight` is int8 per channel along `axis`, input `bias` int32; the rest as `free`.
 */
export type QuantizeRule = { readonly int16?: boolean /** Known bounds of the output. */; readonly min?: number; readonly max?: number } & (
  | { readonly kind: 'free' }
  /** `including` names a float attribute whose value, where finite, the shared range has to hold as well (the value of Pad). */
  | { readonly kind: 'output-like-input'; readonly from: number; readonly including?: string }
  | { readonly kind: 'inputs-like-output' }
  | { readonly kind: 'fixed'; readonly int8: { scale: number; zeroPoint: number }; readonly int16Scale?: number }
  | { readonly kind: 'weighted'; readonly weight: number; readonly bias: number; readonly axis: number }
);

/**
 * The attributes of the same operator when every full-rank operand and result is seen through `transpose(·, perm)`,
 * or null where it cannot be said. Constants and lower-rank operands are adapted by the caller.
 */
export type LayoutLaw<A> = (attrs: A, perm: readonly number[], node: Node) => Partial<A> | null;

/** Who asks for a decomposition: what one format lacks the other has. */
export type Target = 'onnx' | 'tflite';

/** Everything edgeml knows of an operator. `infer` and `evaluate` are required; an absent hook means "not supported". */
export interface OpDefinition<S extends AttrSpecs> {
  /** The name in the graph: the field's usual word, CamelCase. */
  readonly name: string;
  /** Input names; `?` marks an optional one, `...` a last one that repeats. */
  readonly inputs: readonly string[];
  /** Output names; `...` marks a last one that repeats. */
  readonly outputs: readonly string[];
  readonly attributes: S;
  /** Output types. Throws RangeError with a sentence where types, shapes or attributes do not fit. */
  readonly infer: (inputs: readonly (Operand | null)[], attrs: AttrsOf<S>) => TypeInfo[];
  /**
   * The meaning, on plain tensors: folds constants, is the fallback runtime, and is what every backend is held against.
   * Quantize and Dequantize find their parameters as `quant` on the operands and output types, which then are values.
   */
  readonly evaluate: (inputs: readonly (Tensor | null)[], attrs: AttrsOf<S>, outputs: readonly TypeInfo[]) => Tensor[];
  /** Channel-order behaviour: `elementwise` (any permutation passes through) or a law. Absent: transposes stop here. */
  readonly layout?: 'elementwise' | LayoutLaw<AttrsOf<S>>;
  readonly quantize?: QuantizeRule;
  readonly cost?: (inputs: readonly (TypeInfo | null)[], outputs: readonly TypeInfo[], attrs: AttrsOf<S>) => Cost;
  readonly onnx?: OnnxMapping<AttrsOf<S>>;
  readonly tflite?: TfliteMapping<AttrsOf<S>>;
  /** The one-to-one Keras layer or activation function; configurations that need work are rules of formats/keras. */
  readonly keras?: { readonly layer?: string; readonly activation?: string };
  /**
   * The same result by other operators, for a writer (`target`) that has no mapping for this one (or not for these attributes).
   * Returns the outputs, or null where these attributes cannot be decomposed. What it returns may need decomposing again,
   * but always comes to an end.
   */
  readonly decompose?: (
    b: NodeBuilder,
    inputs: readonly (Value | null)[],
    attrs: AttrsOf<S>,
    outputs: readonly TypeInfo[],
    target: Target,
  ) => Value[] | null;
}

/** An operator record with its attribute types erased, as the rest of the tool handles it. */
// biome-ignore lint/suspicious/noExplicitAny: attributes are checked against the record's own specification in completeAttrs
export type OpRecord = OpDefinition<any>;

export const defineOp = <const S extends AttrSpecs>(definition: OpDefinition<S>): OpDefinition<S> => definition;

const matches: Record<AttrSpec['kind'], (v: unknown) => boolean> = {
  int: (v) => Number.isSafeInteger(v),
  ints: (v) => Array.isArray(v) && v.every((x) => Number.isSafeInteger(x)),
  float: (v) => typeof v === 'number',
  floats: (v) => Array.isArray(v) && v.every((x) => typeof x === 'number'),
  bool: (v) => typeof v === 'boolean',
  string: (v) => typeof v === 'string',
};

/** Checks attributes against the record and fills in defaults; throws RangeError with a sentence. */
export function completeAttrs(op: OpRecord, given: Attrs): Attrs {
  const attrs: Record<string, AttrValue> = {};
  for (const key of Object.keys(given)) {
    if (!(key in op.attributes)) throw new RangeError(`${op.name} has no attribute '${key}'`);
  }
  for (const [key, spec] of Object.entries(op.attributes as AttrSpecs)) {
    const value = given[key] ?? spec.default;
    if (value === undefined) throw new RangeError(`${op.name} needs its attribute '${key}'`);
    if (!matches[spec.kind](value))
      throw new RangeError(`${op.name} attribute '${key}' is ${JSON.stringify(value)}, not of kind ${spec.kind}`);
    if (spec.oneOf && !spec.oneOf.includes(value as string)) {
      throw new RangeError(`${op.name} attribute '${key}' is '${value}', not one of ${spec.oneOf.join(', ')}`);
    }
    attrs[key] = value;
  }
  return attrs;
}

/** Checks the number of inputs against the record; throws RangeError with a sentence. */
export function checkArity(op: OpRecord, inputs: readonly (Operand | null)[]): void {
  const variadic = op.inputs.at(-1)?.endsWith('...');
  if (!variadic && inputs.length > op.inputs.length)
    throw new RangeError(`${op.name} takes ${op.inputs.length} inputs, not ${inputs.length}`);
  op.inputs.forEach((name, i) => {
    if (!name.endsWith('?') && !name.endsWith('...') && !inputs[i]) throw new RangeError(`${op.name} needs its input '${name}'`);
  });
  if (variadic && inputs.length < op.inputs.length)
    throw new RangeError(`${op.name} needs at least one '${op.inputs.at(-1)?.replace('...', '')}'`);
}
