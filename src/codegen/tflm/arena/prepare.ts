import { cmsisWants } from './cmsis.js';
import { espWants } from './esp.js';
import { layout } from './layout.js';
import { elements, type Op, tensorBytes } from './model.js';
import type { Target } from './target.js';

/** What a kernel asks for while it is prepared: persistent tables and scratch buffers, in bytes. */
export interface Wanted {
  readonly persistent?: readonly number[];
  readonly scratch?: readonly number[];
}

const rank = (op: Op): number => op.outputs[0]?.shape?.length ?? 0;
/** A TfLiteIntArray of n numbers. */
const intArray = (n: number): number => 4 + 4 * n;
const isInteger = (type: string | undefined): boolean => type === 'INT8' || type === 'INT16';

/** What the kernels of the target ask for beyond their own structure. */
export function wantedBy(op: Op, target: Target): Wanted {
  const basic = referenceWants(op, target);
  if (target.kernels === 'reference') return basic;
  const more = target.kernels === 'cmsis-nn' ? cmsisWants(op, target) : espWants(op, target);
  // CMSIS-NN's transposed convolution accumulates in its own buffers instead.
  const replaces = target.kernels === 'cmsis-nn' && op.name === 'TRANSPOSE_CONV' && more.scratch;
  return {
    persistent: [...(basic.persistent ?? []), ...(more.persistent ?? [])].filter((n) => n > 0),
    scratch: [...(replaces ? [] : (basic.scratch ?? [])), ...(more.scratch ?? [])].filter((n) => n > 0),
  };
}

function referenceWants(op: Op, target: Target): Wanted {
  const type = op.inputs[0]?.type;
  const weights = op.inputs[1];
  switch (op.name) {
    case 'CONV_2D':
    case 'TRANSPOSE_CONV': {
      const channels = weights?.shape?.[0] ?? 1;
      const accumulators = op.name === 'TRANSPOSE_CONV' ? transposeAccumulators(op) : [];
      return { persistent: [channels * 4, channels * 4], scratch: [...accumulators, ...unpacked(op)] };
    }
    case 'DEPTHWISE_CONV_2D': {
      const channels = weights?.shape?.[3] ?? 1;
      return { persistent: [channels * 4, channels * 4], scratch: unpacked(op) };
    }
    case 'FULLY_CONNECTED': {
      const channels = weights?.quantization?.scale?.length ?? 1;
      return { persistent: channels > 1 && isInteger(type) ? [channels * 4, channels * 4] : [], scratch: unpacked(op) };
    }
    case 'SOFTMAX':
      // Two tables of 513 numbers, for the exponential and for the reciprocal.
      return { persistent: type === 'INT16' ? [1026, 1026] : [] };
    case 'MEAN':
    case 'SUM':
    case 'REDUCE_MAX':
    case 'REDUCE_MIN':
    case 'REDUCE_ALL':
      return { scratch: reduction(op, isInteger(type)) };
    case 'MIRROR_PAD':
      return { scratch: [rank(op) * 4, rank(op) * 4] };
    case 'ADD_N':
      return { scratch: [op.inputs.length * target.abi.pointer] };
    case 'BATCH_MATMUL':
      return batchMatMul(op, target);
    case 'GATHER':
    case 'GATHER_ND':
    case 'DEPTH_TO_SPACE':
    case 'SPACE_TO_DEPTH':
      return { persistent: [intArray(rank(op))] };
    case 'SVDF':
      return svdf(op);
    case 'UNIDIRECTIONAL_SEQUENCE_LSTM':
      return lstm(op);
    default:
      return {};
  }
}

/** Weights of four bits are unpacked into eight before use. */
const unpacked = (op: Op): number[] => (op.inputs[1]?.type === 'INT4' ? [elements(op.inputs[1].shape)] : []);

function transposeAccumulators(op: Op): number[] {
  const type = op.inputs[2]?.type ?? op.inputs[0]?.type;
  if (!isInteger(type)) return [];
  return [elements(op.outputs[0]?.shape) * (type === 'INT16' ? 8 : 4)];
}

function reduction(op: Op, integer: boolean): number[] {
  const axes = elements(op.inputs[1]?.shape) * 4;
  const dims = (op.inputs[0]?.shape?.length ?? 1) * 4;
  const sums = integer && (op.name === 'MEAN' || op.name === 'SUM') ? [elements(op.outputs[0]?.shape) * 4] : [];
  return [...sums, dims, axes];
}

function batchMatMul(op: Op, { abi }: Target): Wanted {
  const [lhs, rhs] = op.inputs;
  const persistent: number[] = isInteger(lhs?.type) ? [28] : [];
  const turned = [op.options.adj_x ? lhs : null, op.options.adj_y ? null : rhs];
  for (const t of turned) {
    if (t) persistent.push(layout('2pe', abi).bytes, intArray(t.shape?.length ?? 0), tensorBytes(t));
  }
  return { persistent: [...persistent, intArray(rank(op))] };
}

function svdf(op: Op): Wanted {
  const batch = op.inputs[0]?.shape?.[0] ?? 1;
  const filters = op.inputs[1]?.shape?.[0] ?? 1;
  const units = op.outputs[0]?.shape?.at(-1) ?? 1;
  return { scratch: [batch * filters * 4, batch * units * 4] };
}

/** Four gates' buffers of the cell's width. */
function lstm(op: Op): Wanted {
  const input = op.inputs[0];
  const batch = input?.shape?.[op.options.time_major ? 1 : 0] ?? 1;
  const units = op.outputs[0]?.shape?.at(-1) ?? 1;
  const bytes = batch * units * (input?.type === 'FLOAT32' ? 4 : 2);
  return { scratch: [bytes, bytes, bytes, bytes] };
}
