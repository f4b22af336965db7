import type { QuantizedCase } from './graphs.js';

/** Cases that two backends see differently, and why. Each is checked to be needed. */
export interface Exception {
  readonly type?: 'int8' | 'int16';
  readonly operators: readonly string[];
  /** The case by name, or a pattern for several; absent: every case of the operators. */
  readonly case?: string | RegExp;
  readonly reason: string;
}

/** What LiteRT may differ by, in steps of the output. */
export interface Difference extends Exception {
  readonly most: number;
}

export const covers = (e: Exception, { key, operator, type }: QuantizedCase): boolean => {
  const name = key.split('/').slice(2).join('/');
  if ((e.type && e.type !== type) || !e.operators.includes(operator)) return false;
  return e.case === undefined || (typeof e.case === 'string' ? e.case === name : e.case.test(name));
};

/** Operands with a scale of 1 or more, on which the comparisons of both runtimes abort. */
const coarseComparisons: readonly Exception[] = [
  { type: 'int8', operators: ['Greater', 'Less'], case: 'a scalar on the right', reason: 'aborts where a scale is 1 or more' },
  { type: 'int8', operators: ['GreaterEqual'], case: 'a scalar on the left', reason: 'aborts where a scale is 1 or more' },
];

/** What TensorFlow Lite Micro takes not, by its recorded refusals: judged by LiteRT alone. */
export const lackingInTflm: readonly Exception[] = [
  { operators: ['Exp', 'Log'], reason: 'has the operator for floats only' },
  { operators: ['Gelu', 'ReduceProd', 'Tile', 'TopK'], reason: 'has no such operator' },
  { operators: ['Clip'], case: /relu_n1_to_1|"min":-1,"max":1/, reason: 'has no RELU_N1_TO_1' },
  { type: 'int16', operators: ['ReduceMax', 'ReduceMin'], reason: 'reduces no int16 so' },
  { type: 'int16', operators: ['BatchToSpace', 'SpaceToBatch', 'Gather', 'GatherElements', 'GatherND'], reason: 'moves no int16 so' },
  { type: 'int16', operators: ['Pad'], reason: 'mirrors and gathers no int16' },
  { type: 'int16', operators: ['Resize'], reason: 'interpolates and gathers no int16' },
  { type: 'int8', operators: ['Gather', 'GatherElements', 'GatherND'], reason: 'takes indices of int32 only, and data of few types' },
  { type: 'int8', operators: ['ArgMax', 'ArgMin'], reason: 'counts in int32 only' },
  { operators: ['Slice', 'Transpose'], reason: 'has a limit of 4 or 5 dimensions' },
  ...coarseComparisons,
];

/** Where generated C answers otherwise than TensorFlow Lite Micro. */
export const unlikeTflm: readonly Exception[] = [
  {
    operators: ['Clip'],
    case: /relu6|"min":0,"max":6/,
    reason: 'its RELU6 clamps on the grid of the input and does not rescale to that of the output: right only where they are one',
  },
  { type: 'int8', operators: ['SpaceToBatch'], case: /pads/, reason: 'pads with the integer 0 whatever real it stands for' },
];

/** What the generator refuses. */
export const refusedInC: readonly Exception[] = [
  {
    operators: ['Dequantize'],
    case: 'per channel',
    reason: 'activations have one scale; only constants have more, and those are floats by then',
  },
];

/** What LiteRT refuses. */
export const refusedByLitert: readonly Exception[] = [
  { type: 'int16', operators: ['Clip'], case: /relu_n1_to_1|"min":-1,"max":1/, reason: 'has no RELU_N1_TO_1 of int16' },
  { type: 'int8', operators: ['Quantize'], case: /to int32/, reason: 'makes no int32 of int8' },
  ...coarseComparisons,
];

/** Where LiteRT differs however things are rounded. */
const otherIdeas = (): Difference[] => [
  { most: 1, type: 'int16', operators: ['LeakyRelu'], reason: 'has its multipliers in float32' },
  { most: 1, type: 'int16', operators: ['FullyConnected'], reason: 'has multipliers of 31 bits, TensorFlow Lite Micro of 15' },
  { most: 1, type: 'int16', operators: ['Softmax'], reason: 'has an exponential of its own' },
  {
    most: 8191,
    type: 'int16',
    operators: ['Rsqrt'],
    reason: 'interpolates in a table of 513, which is coarse near 0; TensorFlow Lite Micro computes every root',
  },
  {
    most: 128,
    type: 'int8',
    operators: ['Sigmoid', 'Tanh'],
    case: 'far out and close to 0',
    reason: 'where one step is beyond 15, TensorFlow Lite Micro gives the lower end for 0 as well',
  },
];

/** Where C that rounds twice differs from LiteRT. Elsewhere it agrees to the last bit. */
export const differencesOfDouble: readonly Difference[] = [
  {
    most: 4,
    type: 'int16',
    operators: ['Resize'],
    reason: 'multiplies the scales of BATCH_MATMUL in float32, TensorFlow Lite Micro in double precision; with 15 bits it shows',
  },
  {
    most: 1,
    type: 'int8',
    operators: ['AveragePool2D', 'Conv2D', 'ConvTranspose2D', 'DepthwiseConv2D', 'MatMul', 'Mul'],
    reason: 'XNNPACK rounds once',
  },
  { most: 1, type: 'int8', operators: ['ReduceMean', 'ReduceSum'], reason: 'XNNPACK rounds once' },
  { most: 1, type: 'int8', operators: ['LeakyRelu', 'Quantize'], reason: 'XNNPACK has multipliers of 8 bits behind the point' },
  { most: 1, type: 'int8', operators: ['Resize'], reason: 'XNNPACK weighs in 2048ths and rounds halves up' },
  { most: 1, type: 'int16', operators: ['ReduceSum'], reason: 'sums in 64 bits and has multipliers of 15' },
  ...otherIdeas(),
];

/** Where C that rounds once differs from LiteRT. */
export const differencesOfSingle: readonly Difference[] = [
  { most: 1, type: 'int8', operators: ['Add', 'Mul'], case: /^rank/, reason: 'XNNPACK takes not every broadcast' },
  { most: 1, type: 'int8', operators: ['Resize'], case: /^cubic/, reason: 'is two products of matrices, which LiteRT rounds twice' },
  ...otherIdeas(),
];
