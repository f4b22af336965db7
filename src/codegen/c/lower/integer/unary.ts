import type { Value } from '../../../../ir/graph.js';
import { isWide, sizeOf } from '../../../../ir/types.js';
import { integerTypes } from '../../../../ops/families/elementwise-types.js';
import { limits } from '../../../../ops/families/exact.js';
import { type Arg, type Call, input, output, type Rule } from '../../program.js';
import { elementTable } from '../movement/fill.js';
import { isEmpty } from '../movement/loops.js';
import { clamp } from './binary.js';
import { plain, suffixOf } from './types.js';

const call = (name: string, x: Value, y: Value, ...more: readonly Arg[]): Call => ({
  kernel: 'integer_unary',
  function: `edgeml_${name}`,
  args: [input(x), output(y), sizeOf(y.shape), ...more],
  overlaps: new Map([[x, 0]]),
});

/** One result per element, of the same type. */
const perElement =
  (lower: (x: Value, y: Value, attrs: Readonly<Record<string, number>>) => Call): Rule['lower'] =>
  (node) => {
    const [x] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    plain(x, y);
    return isEmpty(y) ? [] : [lower(x, y, node.attrs as Record<string, number>)];
  };

const named = (name: string) => perElement((x, y) => call(`${name}_${suffixOf(x)}`, x, y));

/** Numbers up to 32 bits are cut off after the comparison, 64-bit ones before it. */
const clip = perElement((x, y, { min, max }) =>
  isWide(x.dtype) ? clamp(x, y, Math.ceil(min), Math.floor(max)) : clamp(x, y, Math.trunc(min), Math.trunc(max)),
);

/** x + bias below -lambd, x - bias above lambd. Of an unsigned type nothing lies below, unless lambd is negative. */
const shrink = perElement((x, y, { bias, lambd }) => {
  const { low, high } = limits(x.dtype);
  const as = (v: number): number | bigint => {
    const wide = BigInt(Math.max(Number(low), Math.min(Number(high), v)));
    const held = wide < BigInt(low) ? BigInt(low) : wide > BigInt(high) ? BigInt(high) : wide;
    return isWide(x.dtype) ? held : Number(held);
  };
  return call(
    `shrink_${suffixOf(x)}`,
    x,
    y,
    elementTable('params', x, [as(Math.ceil(-lambd)), as(Math.floor(lambd)), as(Math.trunc(bias))]),
  );
});

export const integerUnaryRules: readonly Rule[] = [
  { ops: ['Abs'], types: integerTypes, lower: named('abs') },
  { ops: ['Neg'], types: integerTypes, lower: named('neg') },
  { ops: ['Sign'], types: integerTypes, lower: named('sign') },
  { ops: ['Square'], types: integerTypes, lower: named('square') },
  { ops: ['BitwiseNot'], types: integerTypes, lower: named('bitwise_not') },
  { ops: ['Not'], types: ['bool'], lower: perElement((x, y) => call('not', x, y)) },
  { ops: ['Clip'], types: integerTypes, lower: clip },
  { ops: ['Relu'], types: integerTypes, lower: perElement((x, y) => clamp(x, y, 0, Number.POSITIVE_INFINITY)) },
  { ops: ['Shrink'], types: integerTypes, lower: shrink },
];
