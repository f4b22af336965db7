import type { Value } from '../../../../ir/graph.js';
import { type DType, sizeOf, stridesOf } from '../../../../ir/types.js';
import { integerTypes } from '../../../../ops/families/elementwise-types.js';
import { limits } from '../../../../ops/families/exact.js';
import { input, NoKernel, output, type Rule, struct } from '../../program.js';
import { elementTable } from '../movement/fill.js';
import { bytesOf, coalesce, isEmpty, isForward, type Loop, loopTable, sameGrid } from '../movement/loops.js';
import { plain, suffixOf } from './types.js';

/** Loops over those axes of x that are in `axes`, or are not. */
function loopsOver(x: Value, axes: readonly number[], reduced: boolean): Loop[] {
  const strides = stridesOf(x.shape);
  // The second operand counts the results: only loops that go on in both become one.
  let results = 1;
  const loops: Loop[] = [];
  for (let i = x.shape.length - 1; i >= 0; i--) {
    if (axes.includes(i) !== reduced) continue;
    loops.unshift({ count: x.shape[i], steps: [strides[i], results] });
    results *= x.shape[i];
  }
  return coalesce(loops).map(({ count, steps }) => ({ count, steps: [steps[0]] }));
}

/** @param empty What a fold of nothing gives. */
const reduce =
  (name: string, empty: (x: Value) => number | bigint, check: (...values: readonly Value[]) => void): Rule['lower'] =>
  (node) => {
    const [x] = node.inputs as readonly Value[];
    const [y] = node.outputs;
    const { axes } = node.attrs as { axes: readonly number[] };
    check(x, y);
    if (isEmpty(y)) return [];
    if (isEmpty(x)) {
      const value = elementTable('empty', y, [empty(x)]);
      return [{ kernel: 'bytes', function: 'edgeml_fill', args: [output(y), value, sizeOf(y.shape), bytesOf(y)] }];
    }
    const outer = loopsOver(x, axes, false);
    const inner = loopsOver(x, axes, true);
    const count = inner.reduce((n, l) => n * l.count, 1);
    const span = inner.reduce((n, l) => n + (l.count - 1) * l.steps[0], 1);
    const params = {
      outer: loopTable(outer),
      outer_depth: outer.length,
      inner: loopTable(inner),
      inner_depth: inner.length,
      count,
    };
    return [
      {
        kernel: 'integer_reduce',
        function: `edgeml_reduce_${name}_${suffixOf(x)}`,
        args: [input(x), output(y), struct('edgeml_reduce_params', params)],
        ...(isForward(outer, 0, span) && { overlaps: new Map([[x, 0]]) }),
      },
    ];
  };

const zeroOf = (x: Value) => (typeof limits(x.dtype).low === 'bigint' ? 0n : 0);
const oneOf = (x: Value) => (typeof limits(x.dtype).low === 'bigint' ? 1n : 1);
const types: readonly DType[] = integerTypes;
const withBooleans: readonly DType[] = [...integerTypes, 'bool'];

const meanOfNothing = (): never => {
  throw new NoKernel('has no elements to take the mean of');
};

export const integerReduceRules: readonly Rule[] = [
  { ops: ['ReduceSum'], types, lower: reduce('sum', zeroOf, plain) },
  { ops: ['ReduceMean'], types, lower: reduce('mean', meanOfNothing, plain) },
  { ops: ['ReduceProd'], types, lower: reduce('prod', oneOf, plain) },
  { ops: ['ReduceSumSquare'], types, lower: reduce('sum_square', zeroOf, plain) },
  { ops: ['ReduceL1'], types, lower: reduce('l1', zeroOf, plain) },
  { ops: ['ReduceMax'], types: withBooleans, lower: reduce('max', (x) => limits(x.dtype).low, sameGrid) },
  { ops: ['ReduceMin'], types: withBooleans, lower: reduce('min', (x) => limits(x.dtype).high, sameGrid) },
  { ops: ['ReduceAny'], types: ['bool'], lower: reduce('max', () => 0, plain) },
  { ops: ['ReduceAll'], types: ['bool'], lower: reduce('min', () => 1, plain) },
];
