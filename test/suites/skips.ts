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

const noFloat64Arrays =
  'ArgMax ArgMin AveragePool2D Concat Conv2D CumProd CumSum DepthwiseConv2D FullyConnected Gather GatherElements GatherND L2Normalization ' +
  'LayerNormalization LogSoftmax MatMul MaxPool2D PRelu Pad ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ' +
  'ReduceProd ReduceSum ReduceSumSquare Resize Reverse ReverseSequence ScatterElements ScatterND Softmax Split TopK';

/** What sums, multiplies or compares: C computes with float32 and integers, and only moves and casts float64. */
const noFloat64InC =
  'Abs Add Atan2 AveragePool2D Ceil Conv2D Cos CumProd CumSum DepthwiseConv2D Div Exp Floor FloorDiv FullyConnected IsNaN ' +
  'L2Normalization LayerNormalization LeakyRelu Log LogSoftmax MatMul MaxPool2D Maximum Minimum Mish Mod Mul Neg Pow PRelu Reciprocal ' +
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Resize Round ' +
  'Shrink Sigmoid Sign Sin Softmax Sqrt Square SquaredDifference Sub Swish Tanh';

export const skips: readonly Skip[] = [
  { backend: 'c', operators: noFloat64InC.split(' '), case: /^float64/, reason: 'computes with no float64' },
  { backend: 'c', operators: ['Dequantize'], case: 'per channel', reason: 'has values on one scale only; weights are constants' },
  { backend: 'c', operators: ['MaxPool2D'], case: /^u?int8$/, reason: 'pools int8 with a scale only' },
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
  {
    backend: 'onnxruntime',
    operators: ['AveragePool2D', 'Conv2D', 'DepthwiseConv2D', 'Resize'],
    case: /^float64/,
    reason: 'has no kernel of float64',
  },
  { backend: 'onnxruntime', operators: ['ReduceSum'], case: 'int64 beyond 2^53', reason: 'sums int64 in floats' },
  { backend: 'litert', operators: noFloat64Arrays.split(' '), case: /^float64/, reason: 'has no kernel of float64' },
  {
    backend: 'litert',
    operators: ['Concat', 'Gather', 'GatherElements', 'GatherND', 'Reverse', 'Split'],
    case: /^(uint16|uint64)$/,
    reason: 'has no kernel of this type',
  },
  {
    backend: 'litert',
    operators: ['Gather', 'GatherElements', 'GatherND', 'Reverse', 'Split'],
    case: 'uint32',
    reason: 'has no kernel of uint32',
  },
  {
    backend: 'litert',
    operators: ['Pad', 'ReverseSequence', 'ScatterElements', 'ScatterND'],
    case: 'uint64',
    reason: 'has no kernel of uint64, and no type that would hold it',
  },
  { backend: 'litert', operators: ['ReverseSequence', 'Split'], case: 'bool', reason: 'has no kernel of bool' },
  { backend: 'litert', operators: ['ArgMax', 'ArgMin'], case: 'int64 elements', reason: 'compares no int64 there' },
  { backend: 'litert', operators: ['MatMul'], case: /^int/, reason: 'multiplies no matrices of integers' },
  { backend: 'litert', operators: ['ScatterND'], case: 'max, one place twice', reason: 'can only add where updates meet' },
];
