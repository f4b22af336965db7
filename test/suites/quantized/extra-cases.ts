import type { Attrs } from '../../../src/ir/graph.js';
import type { OperatorCase, TensorSpec } from '../case.js';

const uniform = (shape: readonly number[], min: number, max: number, seed = 1): TensorSpec => ({
  dtype: 'float32',
  shape,
  random: { seed, min, max },
});

/** Ranges of inputs that make scales and zero points of very different sizes. */
const ranges: readonly (readonly [min: number, max: number])[] = [
  [-8, 8],
  [-1.3, 0.9],
  [-0.011, 0.023],
  [-45, 61],
  [0, 3.7],
  [-5.2, 0],
];

const positive: readonly (readonly [min: number, max: number])[] = [
  [0.002, 0.9],
  [0.5, 2],
  [0.3, 70],
];

const sweep = (operator: string, attrs: Attrs, over = ranges): OperatorCase[] =>
  over.map(([min, max]) => ({
    operator,
    name: `every int8 in [${min}, ${max}]${Object.keys(attrs).length > 0 ? ` ${JSON.stringify(attrs)}` : ''}`,
    attrs,
    inputs: [uniform([256], min, max)],
  }));

const pair = (operator: string, a: readonly [number, number], b: readonly [number, number], shape = [4, 64]): OperatorCase => ({
  operator,
  name: `[${a}] with [${b}]`,
  inputs: [uniform(shape, ...a, 1), uniform(shape, ...b, 2)],
});

const reduction = (operator: string, shape: readonly number[], axes: readonly number[], keepDims: boolean): OperatorCase => ({
  operator,
  name: `[${shape}] over [${axes}]${keepDims ? '' : ', dropped'}`,
  attrs: { axes, keepDims },
  inputs: [uniform(shape, operator === 'ReduceProd' ? 0.7 : -1.5, operator === 'ReduceProd' ? 1.4 : 3)],
});

/** Float cases that say little in float but much on integers: every int8 value under very different scales, larger reductions. */
export function extraCases(): OperatorCase[] {
  const unary = [
    ...['Relu', 'Sigmoid', 'Tanh', 'HardSwish', 'Elu', 'Abs'].flatMap((op) => sweep(op, {})),
    ...sweep('Exp', {}, ranges.slice(0, 3)),
    ...sweep('Clip', { min: 0, max: 6 }),
    ...sweep('Clip', { min: -1, max: 1 }),
    ...[0.1, -0.3, 1.7].flatMap((alpha) => sweep('LeakyRelu', { alpha })),
    ...[true, false].flatMap((approximate) => sweep('Gelu', { approximate })),
    ...['Log', 'Rsqrt'].flatMap((op) => sweep(op, {}, positive)),
  ];
  const comparisons = ['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'].flatMap((op) => [
    pair(op, [-1, 1], [-1, 1]),
    pair(op, [-1, 1], [-3, 5]),
  ]);
  const differences = [
    pair('SquaredDifference', [-1, 1], [-3, 5]),
    pair('SquaredDifference', [0, 9], [-0.2, 0.1]),
    pair('Maximum', [-1, 1], [-3, 5]),
    pair('Minimum', [-4, 1], [-3, 0.5]),
  ];
  const reductions = ['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceProd'].flatMap((op) => [
    reduction(op, [2, 7, 5, 8], [1, 2], true),
    reduction(op, [2, 7, 5, 8], [1, 2], false),
    reduction(op, [3, 4, 6], [1], true),
    reduction(op, [2, 3, 4, 5], [0, 2], false),
    reduction(op, [6, 40], [1], true),
    reduction(op, [1, 12, 12, 3], [1, 2, 3], false),
  ]);
  const slopes: OperatorCase[] = [
    [1, 1, 6],
    [5, 1, 1],
    [1, 1, 1],
    [5, 7, 6],
  ].map((shape) => ({
    operator: 'PRelu',
    name: `slope [${shape}]`,
    inputs: [uniform([2, 5, 7, 6], -3, 2), { ...uniform(shape, -0.4, 0.7, 3), constant: true }],
  }));
  const norms: OperatorCase[] = [
    { operator: 'L2Normalization', name: 'rows of 64', attrs: { axis: 1 }, inputs: [uniform([6, 64], -2, 3)] },
    { operator: 'L2Normalization', name: 'rows of 3', attrs: { axis: 3 }, inputs: [uniform([1, 4, 5, 3], 0, 0.1)] },
  ];
  return [...unary, ...comparisons, ...differences, ...reductions, ...slopes, ...norms];
}
