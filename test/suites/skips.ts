/** Cases that a backend cannot run, and why. The suite runs them all the same and fails where one passes. */
export interface Skip {
  readonly backend: string;
  readonly operators: readonly string[];
  /** The case by name, or a pattern for several; absent: every case of the operators. */
  readonly case?: string | RegExp;
  readonly reason: string;
}

const noFloat64 =
  'Abs Add Ceil Cos Div Exp Floor FloorDiv IsNaN LeakyRelu Log Maximum Minimum Mish Mod Mul Neg Pow Reciprocal Relu Round Shrink ' +
  'Sigmoid Sin Sqrt Square SquaredDifference Sub Swish Tanh';

export const skips: readonly Skip[] = [
  { backend: 'onnxruntime', operators: ['Atan2'], case: 'float64', reason: 'has no Atan of float64' },
  { backend: 'onnxruntime', operators: ['Pow'], case: 'int64', reason: 'raises integers to a power in float64, which rounds beyond 2^53' },
  { backend: 'litert', operators: noFloat64.split(' '), case: 'float64', reason: 'has no kernel of float64' },
  { backend: 'litert', operators: ['Cast'], case: /uint64/, reason: 'casts neither to nor from uint64' },
  { backend: 'litert', operators: ['Div', 'FloorDiv'], case: /^int64/, reason: 'divides no int64' },
  { backend: 'litert', operators: ['Div'], case: 'uint32', reason: 'divides no uint32, and no int64 that would hold it' },
  { backend: 'litert', operators: ['Pow'], case: 'int64', reason: 'has no power of int64' },
  {
    backend: 'litert',
    operators: ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'BitShift'],
    case: /^u?int64/,
    reason: 'has no bits of 64-bit integers',
  },
  { backend: 'litert', operators: ['BitwiseNot'], case: 'uint64', reason: 'has no arithmetic of uint64' },
];
