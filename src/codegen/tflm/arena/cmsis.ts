import { alignUp } from './layout.js';
import { elementBytes, elements, type Op } from './model.js';
import type { Wanted } from './prepare.js';
import type { Target } from './target.js';

/** Channels that CMSIS-NN's Helium depthwise convolution takes at a time (CH_IN_BLOCK_MVE). */
const mveChannels = 124;

const number = (op: Op, field: string, otherwise: number): number => (op.options[field] as number | undefined) ?? otherwise;

/** Padding before the input along one axis, as TFLite derives it from SAME or VALID. */
function paddingBefore(op: Op, input: number, output: number, kernel: number, stride: number, dilation: number): number {
  if (op.options.padding === 'VALID') return 0;
  return Math.floor(Math.max(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input) / 2);
}

/** Numbers of a convolution: height and width of input, kernel and output, what lies between. */
export function geometry(op: Op) {
  const [, inH = 1, inW = 1, inC = 1] = op.inputs[0]?.shape ?? [];
  const [, kH = 1, kW = 1] = op.inputs[1]?.shape ?? [];
  const [, outH = 1, outW = 1, outC = 1] = op.outputs[0]?.shape ?? [];
  const strideH = number(op, 'stride_h', 1);
  const strideW = number(op, 'stride_w', 1);
  const dilationH = number(op, 'dilation_h_factor', 1);
  const dilationW = number(op, 'dilation_w_factor', 1);
  const padH = paddingBefore(op, inH, outH, kH, strideH, dilationH);
  const padW = paddingBefore(op, inW, outW, kW, strideW, dilationW);
  return { inH, inW, inC, kH, kW, outH, outW, outC, strideH, strideW, dilationH, dilationW, padH, padW };
}

/**
 * Scratch buffers and tables that CMSIS-NN's kernels ask for beyond the reference ones.
 * Sources: the get_buffer_size functions of ARM-software/CMSIS-NN and tensorflow/lite/micro/kernels/cmsis_nn. The index of a scratch
 * buffer is kept by the kernel even where the buffer is empty, so only what is larger than nothing is asked for.
 */
export function cmsisWants(op: Op, target: Target): Wanted {
  const type = op.inputs[0]?.type;
  if (type !== 'INT8' && type !== 'INT16') return {};
  switch (op.name) {
    case 'CONV_2D':
      return { scratch: [convolution(op, type, target)] };
    case 'DEPTHWISE_CONV_2D':
      return { scratch: [depthwise(op, type, target)] };
    case 'AVERAGE_POOL_2D':
      return { scratch: [target.dsp && !target.mve ? geometry(op).inC * 4 : 0] };
    case 'FULLY_CONNECTED':
      return fullyConnected(op, type, target);
    case 'BATCH_MATMUL':
      return { scratch: [target.mve ? (op.outputs[0]?.shape?.at(-1) ?? 1) * 4 : 0] };
    case 'TRANSPOSE_CONV':
      return transposed(op, type);
    case 'SVDF':
      return { persistent: [target.mve ? (op.inputs[1]?.shape?.[0] ?? 1) * 4 : 0] };
    default:
      return {};
  }
}

function convolution(op: Op, type: string, { mve }: Target): number {
  const g = geometry(op);
  // Of a grouped convolution the kernel has the channels of one group.
  const columns = g.kH * g.kW * (op.inputs[1]?.shape?.[3] ?? g.inC);
  if (type === 'INT16') return mve ? 4 * alignUp(columns, 8) * 2 : 2 * alignUp(columns, 4) * 2;
  const undilated = g.dilationH === 1 && g.dilationW === 1;
  if (g.padH === 0 && g.padW === 0 && g.kH === 1 && g.kW === 1 && undilated) return 0;
  if (mve && g.inH === 1 && g.kH === 1 && g.dilationW === 1 && (g.strideW * g.inC) % 4 === 0) return 0;
  return mve ? 4 * alignUp(columns, 8) : 2 * alignUp(columns, 4) * 2;
}

function depthwise(op: Op, type: string, { dsp, mve }: Target): number {
  const g = geometry(op);
  if (g.inC !== g.outC || (op.inputs[0]?.shape?.[0] ?? 1) !== 1 || g.dilationH !== 1 || g.dilationW !== 1) return 0;
  if (type === 'INT16') return mve ? 4 * mveChannels * g.kH * g.kW * 2 : dsp ? 2 * g.inC * g.kH * g.kW : 0;
  if (mve) return 4 * mveChannels * g.kH * g.kW;
  if (g.kH === 3 && g.kW === 3 && g.padH <= 1 && g.padW <= 1) return 0;
  return dsp ? g.inC * g.kH * g.kW * 2 : 0;
}

function fullyConnected(op: Op, type: string, { mve }: Target): Wanted {
  const shape = op.outputs[0]?.shape ?? [];
  const channels = shape.at(-1) ?? 1;
  const perChannel = (op.inputs[1]?.quantization?.scale?.length ?? 1) > 1;
  // Three-dimensional and larger outputs run as a 1x1 convolution, which wants multipliers for each channel.
  const spread = type === 'INT8' && !perChannel && shape.length > 2 && (op.inputs[1]?.shape?.at(-1) ?? 1) % 4 === 0;
  return { persistent: [...(spread ? [channels * 4, channels * 4] : []), mve && type === 'INT8' ? channels * 4 : 0] };
}

function transposed(op: Op, type: string): Wanted {
  const [, kH = 1, kW = 1] = op.inputs[1]?.shape ?? [];
  const [, , inW = 1] = op.inputs[2]?.shape ?? [];
  const outC = op.outputs[0]?.shape?.[3] ?? 1;
  if (type !== 'INT8') return {};
  const stride = [number(op, 'stride_h', 1), number(op, 'stride_w', 1)];
  const rows = ((inW - 1) * stride[1] + Math.max(kW, stride[0])) * outC * Math.max(kH, stride[0]) * 4;
  const reversed = elements(op.inputs[1]?.shape) * elementBytes(type);
  return { scratch: [rows, reversed] };
}
