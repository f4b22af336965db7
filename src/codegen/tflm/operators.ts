/** An operator of TensorFlow Lite Micro. */
export interface MicroOperator {
  /** The method of MicroMutableOpResolver that registers it. */
  readonly add: string;
  /** Highest version of the operator that its kernel's features belong to. */
  readonly version: number;
  /** Element types that the kernel takes as data, as TensorType's names; all of them where empty. */
  readonly types: readonly string[];
  /** Element types that it gives, where they are not those of the data. */
  readonly gives?: readonly string[];
  /** Which input is the data. */
  readonly data: number;
  /** Kernels registered in its stead where all data are int8: the name that the headers declare and the header. */
  readonly int8?: { readonly register: string; readonly header: string };
}

const letters: Readonly<Record<string, string>> = {
  f: 'FLOAT32',
  b: 'INT8',
  h: 'INT16',
  i: 'INT32',
  l: 'INT64',
  o: 'BOOL',
  u: 'UINT8',
  w: 'UINT32',
};

/**
 * Builtin operators: name, method of the resolver, highest version, element types (f float32, b int8, h int16, i int32, l int64, o bool,
 * u uint8, w uint32, * any; behind > those of the output, where they are fewer), and where it is not the first input the index of the data.
 *
 * Sources: the methods are those of tensorflow/lite/micro/micro_mutable_op_resolver.h, the operators those that a build of October
 * 2026 registers; versions are the highest that the TFLite runtime of that time knows (tflite/core/kernels/register.cc): a file with
 * a later one may mean something that no kernel yet knows; types are those that the kernels in tensorflow/lite/micro/kernels accept
 * when they are prepared and run.
 */
const builtins = `
  ABS Abs 5 fbh
  ADD Add 5 fbhi
  ADD_N AddN 1 fb
  ARG_MAX ArgMax 3 fb>i
  ARG_MIN ArgMin 3 fb>i
  ASSIGN_VARIABLE AssignVariable 1 *
  AVERAGE_POOL_2D AveragePool2D 3 fbh
  BATCH_MATMUL BatchMatMul 4 fbh
  BATCH_TO_SPACE_ND BatchToSpaceNd 4 fb
  BROADCAST_ARGS BroadcastArgs 1 il
  BROADCAST_TO BroadcastTo 3 *
  CALL_ONCE CallOnce 1 *
  CAST Cast 8 fbhiluow
  CEIL Ceil 1 f
  CONCATENATION Concatenation 5 fbhilo
  CONV_2D Conv2D 8 fbh
  COS Cos 1 f
  CUMSUM CumSum 1 fb
  DEPTH_TO_SPACE DepthToSpace 2 fb
  DEPTHWISE_CONV_2D DepthwiseConv2D 7 fbh
  DEQUANTIZE Dequantize 8 bhu
  DIV Div 2 fb
  DYNAMIC_UPDATE_SLICE DynamicUpdateSlice 5 *
  ELU Elu 1 fb
  EMBEDDING_LOOKUP EmbeddingLookup 5 * 1
  EQUAL Equal 5 ofilb
  EXP Exp 2 f
  EXPAND_DIMS ExpandDims 1 fb
  FILL Fill 4 *
  FLOOR Floor 1 f
  FLOOR_DIV FloorDiv 3 f
  FLOOR_MOD FloorMod 2 f
  FULLY_CONNECTED FullyConnected 14 fbh
  GATHER Gather 7 fb
  GATHER_ND GatherNd 5 fb
  GREATER Greater 2 filb
  GREATER_EQUAL GreaterEqual 3 filb
  HARD_SWISH HardSwish 1 fb
  IF If 1 *
  L2_NORMALIZATION L2Normalization 2 fb
  L2_POOL_2D L2Pool2D 1 f
  LEAKY_RELU LeakyRelu 2 fbh
  LESS Less 3 filb
  LESS_EQUAL LessEqual 2 filb
  LOG Log 2 f
  LOGICAL_AND LogicalAnd 1 o
  LOGICAL_NOT LogicalNot 1 o
  LOGICAL_OR LogicalOr 1 o
  LOGISTIC Logistic 3 fbh
  LOG_SOFTMAX LogSoftmax 2 fb
  MAXIMUM Maximum 4 fbhil
  MAX_POOL_2D MaxPool2D 3 fbh
  MEAN Mean 3 fbh
  MINIMUM Minimum 4 fbhil
  MIRROR_PAD MirrorPad 3 fb
  MUL Mul 7 fbhi
  NEG Neg 1 f
  NOT_EQUAL NotEqual 4 ofilb
  PACK Pack 4 fbhil
  PAD Pad 5 fbhi
  PADV2 PadV2 5 fbhi
  PRELU Prelu 1 fb
  QUANTIZE Quantize 6 fbhiu
  READ_VARIABLE ReadVariable 1 *
  REDUCE_ALL ReduceAll 1 o
  REDUCE_MAX ReduceMax 3 fb
  REDUCE_MIN ReduceMin 3 fb
  RELU Relu 3 fbh
  RELU6 Relu6 3 fbh
  RESHAPE Reshape 1 *
  RESIZE_BILINEAR ResizeBilinear 4 fb
  RESIZE_NEAREST_NEIGHBOR ResizeNearestNeighbor 4 fbh
  REVERSE_V2 ReverseV2 3 fbhiluo
  ROUND Round 1 f
  RSQRT Rsqrt 3 fbh
  SELECT_V2 SelectV2 2 fbh 1
  SHAPE Shape 1 *
  SIN Sin 1 f
  SLICE Slice 7 fbhio
  SOFTMAX Softmax 4 fbh
  SPACE_TO_BATCH_ND SpaceToBatchNd 4 fb
  SPACE_TO_DEPTH SpaceToDepth 2 fb
  SPLIT Split 4 fbhi 1
  SPLIT_V SplitV 2 fbhi
  SQRT Sqrt 2 f
  SQUARE Square 1 f
  SQUARED_DIFFERENCE SquaredDifference 2 fbh
  SQUEEZE Squeeze 2 *
  STRIDED_SLICE StridedSlice 8 fbhio
  SUB Sub 5 fbhi
  SUM Sum 2 fbh
  SVDF Svdf 4 fb
  TANH Tanh 3 fbh
  TRANSPOSE Transpose 7 fbh
  TRANSPOSE_CONV TransposeConv 5 fbh 2
  UNIDIRECTIONAL_SEQUENCE_LSTM UnidirectionalSequenceLSTM 4 fbh
  UNPACK Unpack 4 fbhi
  VAR_HANDLE VarHandle 1 *
  WHILE While 1 *
  ZEROS_LIKE ZerosLike 1 fbil
`;

/** Custom operators that TensorFlow Lite Micro brings along, by the name in the file. */
const customs: Readonly<Record<string, string>> = {
  CIRCULAR_BUFFER: 'AddCircularBuffer',
  'ethos-u': 'AddEthosU',
  SignalDelay: 'AddDelay',
  SignalEnergy: 'AddEnergy',
  SignalFftAutoScale: 'AddFftAutoScale',
  SignalFilterBank: 'AddFilterBank',
  SignalFilterBankLog: 'AddFilterBankLog',
  SignalFilterBankSquareRoot: 'AddFilterBankSquareRoot',
  SignalFramer: 'AddFramer',
  SignalOverlapAdd: 'AddOverlapAdd',
  SignalRfft: 'AddRfft',
  SignalStacker: 'AddStacker',
  SignalWindow: 'AddWindow',
  TFLite_Detection_PostProcess: 'AddDetectionPostprocess',
};

/** Operators whose method takes a registration, with the header that declares the int8 kernel alone. */
const int8Headers: Readonly<Record<string, string>> = {
  ADD: 'add',
  AVERAGE_POOL_2D: 'pooling',
  CONV_2D: 'conv',
  DEPTHWISE_CONV_2D: 'depthwise_conv',
  FULLY_CONNECTED: 'fully_connected',
  MAX_POOL_2D: 'pooling',
  SOFTMAX: 'softmax',
  SVDF: 'svdf',
};

const names = (types: string): readonly string[] => (types === '*' ? [] : [...types].map((t) => letters[t]));

export const microOperators: ReadonlyMap<string, MicroOperator> = new Map([
  ...builtins
    .trim()
    .split('\n')
    .map((line): [string, MicroOperator] => {
      const [name, add, version, types, data] = line.trim().split(' ');
      const [takes, gives] = types.split('>');
      const header = int8Headers[name];
      return [
        name,
        {
          add: `Add${add}`,
          version: Number(version),
          types: names(takes),
          ...(gives && { gives: names(gives) }),
          data: Number(data ?? 0),
          ...(header && { int8: { register: `Register_${name}_INT8`, header: `tensorflow/lite/micro/kernels/${header}.h` } }),
        },
      ];
    }),
  ...Object.entries(customs).map(([name, add]): [string, MicroOperator] => [
    name,
    { add, version: Number.POSITIVE_INFINITY, types: [], data: 0 },
  ]),
]);
