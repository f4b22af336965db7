/**
 * What each operator's kernel keeps in the arena, as layouts for {@link layout}: the parameters that the interpreter parses from the
 * file, the structure that the kernel allocates for itself, and how often it looks at its tensors while it is prepared. Without an
 * entry a kernel keeps nothing.
 * Measured: every call of the allocator was traced, operator by operator, in a build of October 2026 for x86-64 with the reference
 * kernels; members follow tensorflow/lite/core/c/builtin_op_data.h and the kernels' headers.
 */
export interface KernelShape {
  /** Structure parsed from the file. */
  readonly parsed?: string;
  /** The kernel's own structure. */
  readonly data?: string;
  /** Inputs that are fetched as temporary TfLiteTensors during preparation, each beside the outputs; all of them by default. */
  readonly fetches?: number;
  /** They are fetched a second time, all of them, by a function shared with other builds. */
  readonly twice?: boolean;
  /** The structure is there only where the data are integers. */
  readonly integerOnly?: boolean;
}

const unary: KernelShape = { data: '7i' };
const pool: KernelShape = { parsed: 'eiiiie4i', data: '8i' };
const reduction: KernelShape = { parsed: 'b', data: '11i', twice: true };
const comparison: KernelShape = { data: '8i' };
const conv = '7i2p5i';

export const referenceKernels: Readonly<Record<string, KernelShape>> = {
  ABS: unary,
  ADD: { parsed: 'eb', data: '15i' },
  ADD_N: { data: '8i', integerOnly: true },
  ARG_MAX: { parsed: 'e' },
  ARG_MIN: { parsed: 'e' },
  AVERAGE_POOL_2D: pool,
  BATCH_MATMUL: { parsed: '3b', data: '4p' },
  CALL_ONCE: { parsed: 'i', data: 'ib' },
  CAST: { parsed: '2e' },
  CONCATENATION: { parsed: 'ie', data: '2p16i' },
  CONV_2D: { parsed: 'eiieiie', data: conv, fetches: 2, twice: true },
  CUMSUM: { parsed: '2b', data: '8i', integerOnly: true },
  DEPTH_TO_SPACE: { parsed: 'i' },
  DEPTHWISE_CONV_2D: { parsed: 'eiiieii', data: conv, fetches: 2, twice: true },
  DEQUANTIZE: { data: '2d4i' },
  DIV: { parsed: 'e', data: '7i' },
  EQUAL: comparison,
  ELU: { data: '64i' },
  FULLY_CONNECTED: { parsed: '2e2be', data: '4p8i' },
  GATHER: { parsed: '2i' },
  GREATER: comparison,
  GREATER_EQUAL: comparison,
  HARD_SWISH: { data: '5i' },
  IF: { parsed: '2i', data: '2i' },
  L2_NORMALIZATION: { parsed: 'e', data: 'i' },
  L2_POOL_2D: { parsed: 'eiiiie4i' },
  LEAKY_RELU: { parsed: 'i', data: '6i' },
  LESS: comparison,
  LESS_EQUAL: comparison,
  LOG_SOFTMAX: { data: '10i', integerOnly: true },
  LOGISTIC: { data: '4i' },
  MAX_POOL_2D: pool,
  MEAN: reduction,
  MIRROR_PAD: { parsed: 'e', data: '5i' },
  MUL: { parsed: 'e', data: '9i' },
  NOT_EQUAL: comparison,
  PACK: { parsed: '2i' },
  PAD: { data: '14i' },
  PADV2: { data: '14i' },
  PRELU: { data: '7i' },
  QUANTIZE: { data: '2d4i' },
  REDUCE_ALL: reduction,
  REDUCE_MAX: reduction,
  REDUCE_MIN: reduction,
  RELU: { data: '7i' },
  RELU6: { data: '2i' },
  RESHAPE: { parsed: '9i', fetches: 1 },
  RESIZE_BILINEAR: { parsed: '2b' },
  RESIZE_NEAREST_NEIGHBOR: { parsed: '2b' },
  RSQRT: unary,
  SELECT_V2: { data: 'b' },
  SHAPE: { parsed: 'e' },
  SOFTMAX: { parsed: 'i', data: 'd7i5p' },
  SPACE_TO_BATCH_ND: { data: 'i' },
  SPACE_TO_DEPTH: { parsed: 'i' },
  SPLIT: { parsed: 'i' },
  SPLIT_V: { parsed: 'i' },
  SQUARED_DIFFERENCE: { data: 'd26i' },
  SQUEEZE: { parsed: '9i' },
  STRIDED_SLICE: { parsed: '5ib', data: '21i' },
  SUB: { parsed: 'eb', data: '13i' },
  SUM: reduction,
  SVDF: { parsed: 'ieb', data: '9i' },
  TANH: { data: '4i' },
  TRANSPOSE_CONV: { parsed: 'eiiee', data: '16i2p', twice: true },
  UNIDIRECTIONAL_SEQUENCE_LSTM: { parsed: 'e2i3b', data: 'd170i', twice: true },
  UNPACK: { parsed: '2i' },
  VAR_HANDLE: { parsed: '2p', data: 'i' },
  WHILE: { parsed: '2i', data: '2i' },
};

/** Kernels whose own structure is larger in CMSIS-NN: it also holds the index of a scratch buffer, and what that library precomputes. */
export const cmsisData: Readonly<Record<string, string>> = {
  ADD: '15i',
  AVERAGE_POOL_2D: '10i',
  BATCH_MATMUL: '4p4i',
  CONV_2D: `${conv}i`,
  DEPTHWISE_CONV_2D: `${conv}i`,
  FULLY_CONNECTED: '7p12i',
  MAX_POOL_2D: '10i',
  SOFTMAX: 'd7i5p2i',
  SVDF: '9i2pi',
  TRANSPOSE_CONV: '16i2p4i',
};

/** The same in ESP-NN. */
export const espData: Readonly<Record<string, string>> = {
  CONV_2D: `${conv}i`,
  DEPTHWISE_CONV_2D: `${conv}i`,
  FULLY_CONNECTED: '4p8i',
};

/** Parameters that the newest version parses into a larger structure than the versions that SDKs ship. */
export const newerParsed: Readonly<Record<string, string>> = { FULLY_CONNECTED: '2e2bdi' };
