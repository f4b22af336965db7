import type { Value } from '../../ir/graph.js';
import { fromNumbers, type Numbers, numbersFor, type Tensor, toNumbers } from '../../ir/tensor.js';
import { type DType, dtypes, isFloat, isWide, type Shape, sizeOf, type TypeInfo } from '../../ir/types.js';
import type { TfliteMapping } from '../mappings.js';
import { type Activation, fromTfliteActivation, fusable, toTfliteActivation } from './activation.js';
import { inferBroadcast, perElement } from './elementwise.js';
import { rowsOf } from './elementwise-rows.js';
import type { Accepts } from './elementwise-types.js';

/** z[k + m] = f(a[i + m·di], b[j + m·dj]) for m < n: one row of a broadcast (families/elementwise-rows.ts). */
export type RowKernel = (a: Numbers, i: number, di: number, b: Numbers, j: number, dj: number, z: Numbers, k: number, n: number) => void;

/** The row of a function of two numbers. Operators that models are full of spell out their own loop instead. */
export const pairwise =
  (f: (x: number, y: number) => number): RowKernel =>
  (a, i, di, b, j, dj, z, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) z[k] = f(a[i], b[j]);
  };

/** How two operands make a result, by element type. */
export interface BinaryKernels {
  /** Floats, and integers up to 32 bits where there is no `integer`. Integers wrap around when they are stored. */
  readonly row: RowKernel;
  /** Integers up to 32 bits, where doubles would not do. */
  readonly integer?: RowKernel;
  /** 64-bit integers, exactly; the result wraps around when it is stored. Without it they pass through doubles. */
  readonly big?: (x: bigint, y: bigint) => bigint | boolean;
}

/** z = f(x, y) with numpy broadcasting, then clamped by the `activation` attribute where the operator has one. */
export const broadcast =
  ({ row, integer = row, big }: BinaryKernels) =>
  (inputs: readonly (Tensor | null)[], attrs: { readonly activation?: Activation }, outputs: readonly TypeInfo[]): Tensor[] => {
    const [a, b] = inputs as Tensor[];
    const { dtype, shape } = outputs[0];
    if (big && isWide(a.dtype) && isWide(b.dtype)) return [broadcastBig(big, a, b, dtype, shape, attrs.activation)];
    const x = toNumbers(a);
    const y = toNumbers(b);
    const z = numbersFor(dtype, sizeOf(shape));
    const kernel = isFloat(a.dtype) || isFloat(b.dtype) ? row : integer;
    const { length, steps, each } = rowsOf(shape, [a.shape, b.shape]);
    const [di, dj] = steps;
    each(([i, j], at) => kernel(x, i, di, y, j, dj, z, at, length));
    activate(z, attrs.activation);
    return [fromNumbers(dtype, shape, z)];
  };

function broadcastBig(
  f: (x: bigint, y: bigint) => bigint | boolean,
  a: Tensor,
  b: Tensor,
  dtype: DType,
  shape: Shape,
  activation: Activation = 'none',
): Tensor {
  const x = a.data as BigInt64Array;
  const y = b.data as BigInt64Array;
  const z = new dtypes[dtype].array(sizeOf(shape)) as BigInt64Array;
  const { length, steps, each } = rowsOf(shape, [a.shape, b.shape]);
  const [di, dj] = steps;
  each(([i, j], at) => {
    for (let m = 0; m < length; m++) z[at + m] = f(x[i + m * di], y[j + m * dj]) as bigint;
  });
  const [low, high] = fusable[activation];
  if (activation !== 'none') for (let k = 0; k < z.length; k++) z[k] = z[k] < low ? BigInt(low) : z[k] > high ? BigInt(high) : z[k];
  return { dtype, shape, data: z };
}

function activate(z: Numbers, activation: Activation = 'none'): void {
  const [low, high] = fusable[activation];
  if (activation !== 'none') for (let k = 0; k < z.length; k++) z[k] = Math.min(Math.max(z[k], low), high);
}

/** The parts that every operator of two broadcast operands has in common. The result has `dtype`, or the operands' type. */
export const binary = (accepts: Accepts, dtype?: DType) => ({
  inputs: ['a', 'b'],
  outputs: ['y'],
  attributes: {},
  infer: inferBroadcast(dtype, accepts),
  layout: 'elementwise' as const,
  cost: perElement(1),
});

/** The node's operands differ in shape: some TFLite operators have a higher version for that beyond rank 4. */
export const broadcastsBeyond4 = (operands: readonly (Value | null)[]): boolean => {
  const [a, b] = operands as readonly Value[];
  return String(a.shape) !== String(b.shape) && Math.max(a.shape.length, b.shape.length) > 4;
};

/** TFLite's ADD, SUB, MUL and DIV: a fused activation, and for int16 the general rescaling instead of powers of two. */
export const arithmeticTflite = (
  builtin: string,
  options: string,
  rest: Pick<TfliteMapping<{ activation: Activation }>, 'types' | 'version'>,
): TfliteMapping<{ activation: Activation }> => ({
  builtin,
  options,
  maxRank: 8,
  ...rest,
  read: (op) => ({
    inputs: op.inputs,
    attrs: {
      activation: fromTfliteActivation(op.option('fused_activation_function')) ?? op.refuse('has a fused activation that no kernel knows'),
    },
  }),
  write: (attrs, node) => ({
    options: {
      fused_activation_function: toTfliteActivation(attrs.activation),
      ...((builtin === 'ADD' || builtin === 'SUB') && node.outputs[0].dtype === 'int16' ? { pot_scale_int16: false } : {}),
    },
  }),
});
