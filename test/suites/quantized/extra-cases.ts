import type { Attrs } from '../../../src/ir/graph.js';
import type { DType } from '../../../src/ir/types.js';
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

const limits: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-100000, 100000],
  float32: [-3, 3],
};

type Grid = readonly [dtype: DType, scale: number, zeroPoint: number];

/** A case whose values have their integers and grids already, as files of other tools bring them. */
function standing(operator: string, from: Grid, to: Grid, shape: readonly number[], attrs: Attrs = {}): OperatorCase {
  const [min, max] = limits[from[0]] as readonly [number, number];
  const quant = ([, scale, zeroPoint]: Grid) => ({ scale: [scale], zeroPoint: [zeroPoint] });
  return {
    operator,
    name: `${from} to ${to}`,
    attrs,
    inputs: [{ ...{ dtype: from[0], shape, random: { seed: 5, min, max } }, ...(from[0] === 'float32' ? {} : { quant: quant(from) }) }],
    outputs: [{ dtype: to[0], quant: quant(to) }],
  };
}

function standingCases(): OperatorCase[] {
  const near: Grid = ['int8', 0.021, 5];
  const changes: readonly (readonly [Grid, Grid])[] = [
    [near, ['int8', 0.034, -20]],
    [near, ['int16', 0.0004, 0]],
    [near, ['int32', 0.0001, 0]],
    [near, ['uint8', 0.021, 133]],
    [near, ['uint8', 0.013, 100]],
    [
      ['uint8', 0.02, 128],
      ['int8', 0.02, 0],
    ],
    [
      ['uint8', 0.02, 117],
      ['int8', 0.031, -4],
    ],
    [
      ['int16', 0.0003, 0],
      ['int8', 0.05, -7],
    ],
    [
      ['int16', 0.0003, 0],
      ['int16', 0.0007, 0],
    ],
    [
      ['int16', 0.0003, 0],
      ['int32', 0.00002, 0],
    ],
    [
      ['int32', 0.0001, 0],
      ['int8', 0.07, 3],
    ],
    [
      ['int32', 0.0001, 0],
      ['int16', 0.0005, 0],
    ],
    [
      ['float32', 0, 0],
      ['int8', 0.0125, -3],
    ],
    [
      ['float32', 0, 0],
      ['int16', 0.00011, 0],
    ],
  ];
  const mean = { axes: [1, 2], keepDims: true };
  return [
    ...changes.map(([from, to]) => standing('Quantize', from, to, [256])),
    standing('ReduceMean', near, near, [2, 7, 5, 8], mean),
    standing('ReduceMean', ['int16', 0.001, 0], ['int16', 0.001, 0], [2, 7, 5, 8], mean),
    standing('Clip', ['int8', 0.05, -100], ['int8', 0.05, -100], [256], { min: 0, max: 6 }),
    standing('Clip', ['int16', 0.001, 0], ['int16', 0.001, 0], [256], { min: 0, max: 6 }),
    standing('Clip', ['int8', 0.01, -10], ['int8', 0.01, -10], [256], { min: 0, max: 6 }),
  ];
}

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
  return [...unary, ...comparisons, ...differences, ...reductions, ...slopes, ...norms, ...standingCases()];
}
