import type { Attrs, Value } from '../../ir/graph.js';
import type { DType, TypeInfo } from '../../ir/types.js';
import type { Target } from '../define.js';
import type { NodeBuilder } from '../node-builder.js';

/** An operand of a formula; a number stands for a scalar of the formula's element type. */
export type Term = Value | number;

/** Writes a decomposition down as arithmetic on values. */
export class Formula {
  readonly b: NodeBuilder;
  /** The element type of the operator's first operand. */
  readonly dtype: DType;

  constructor(b: NodeBuilder, dtype: DType) {
    this.b = b;
    this.dtype = dtype;
  }

  /** An operator with default attributes. */
  op(name: string, ...terms: readonly Term[]): Value {
    return this.with(name, {}, ...terms);
  }

  with(name: string, attrs: Attrs, ...terms: readonly Term[]): Value {
    return this.b.op(
      name,
      terms.map((t) => (typeof t === 'number' ? this.b.scalar(t, this.dtype) : t)),
      attrs,
    );
  }

  add = (x: Term, y: Term): Value => this.op('Add', x, y);
  sub = (x: Term, y: Term): Value => this.op('Sub', x, y);
  mul = (x: Term, y: Term): Value => this.op('Mul', x, y);
  div = (x: Term, y: Term): Value => this.op('Div', x, y);
  neg = (x: Term): Value => this.op('Neg', x);
  abs = (x: Term): Value => this.op('Abs', x);
  exp = (x: Term): Value => this.op('Exp', x);
  log = (x: Term): Value => this.op('Log', x);
  less = (x: Term, y: Term): Value => this.op('Less', x, y);
  where = (condition: Value, x: Term, y: Term): Value => this.op('Where', condition, x, y);
  cast = (x: Value, to: DType): Value => (x.dtype === to ? x : this.with('Cast', { to }, x));

  /** c0 + c1 x + c2 x² + …, by Horner's rule. */
  polynomial(x: Value, coefficients: readonly number[]): Value {
    const [last, ...rest] = [...coefficients].reverse();
    return rest.reduce<Term>((sum, c) => this.add(this.mul(sum, x), c), last) as Value;
  }

  /**
   * log(1 + x), accurate for small x too: log(w) - ((w - 1) - x) / w with w = 1 + x takes back what rounding w lost.
   * Beyond 1 nothing was lost that counts.
   */
  log1p(x: Value): Value {
    const w = this.add(x, 1);
    const lost = this.sub(this.sub(w, 1), x);
    return this.where(this.less(x, 1), this.sub(this.log(w), this.div(lost, w)), this.log(w));
  }
}

export type Decompose<A> = (
  b: NodeBuilder,
  inputs: readonly (Value | null)[],
  attrs: A,
  outputs: readonly TypeInfo[],
  target: Target,
) => Value[] | null;

/** No decomposition holds for quantized operands: their kernels have a meaning, and a grid for each result, of their own. */
const isQuantized = (inputs: readonly (Value | null)[], outputs: readonly TypeInfo[]): boolean =>
  [...inputs, ...(outputs as readonly Value[])].some((v) => v?.quant !== undefined);

/** A decomposition into one value, as a formula in the operands. Null: not with these operands or attributes. */
export const formula =
  <A>(write: (f: Formula, x: readonly Value[], attrs: A, target: Target) => Value | null): Decompose<A> =>
  (b, inputs, attrs, outputs, target) => {
    if (isQuantized(inputs, outputs)) return null;
    const y = write(new Formula(b, (inputs[0] as Value).dtype), inputs as readonly Value[], attrs, target);
    return y && [y];
  };

const wider: Partial<Record<DType, DType>> = {
  float16: 'float32',
  int8: 'int32',
  uint8: 'int32',
  int16: 'int32',
  uint16: 'int32',
};

/**
 * The same operator in a wider type, for element types that a runtime has no kernel for: float16 in float32, integers up
 * to 16 bits in int32 and uint32 in int64, with the result cast back (which wraps around, as the narrow one would have).
 * Where only the bits count, uint32 may go through int32 as well.
 */
export const widened =
  <A>(op: string, uint32: 'int32' | 'int64' = 'int64'): Decompose<A> =>
  (b, inputs, attrs, outputs) => {
    if (isQuantized(inputs, outputs)) return null;
    const narrow = (inputs as readonly Value[]).map((v) => v.dtype).find((t) => t !== 'bool') as DType;
    const to = narrow === 'uint32' ? uint32 : wider[narrow];
    if (!to) return null;
    const cast = (v: Value): Value => (v.dtype === narrow ? b.op('Cast', [v], { to }) : v);
    const y = b.op(op, (inputs as readonly Value[]).map(cast), attrs as Attrs);
    return [y.dtype === to && outputs[0].dtype === narrow ? b.op('Cast', [y], { to: narrow }) : y];
  };

/** The first decomposition that applies. */
export const either =
  <A>(...all: readonly Decompose<A>[]): Decompose<A> =>
  (...given) => {
    for (const decompose of all) {
      const made = decompose(...given);
      if (made) return made;
    }
    return null;
  };
