import { add } from './add.js';
import { averagePool2d } from './average-pool2d.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import type { OpRecord } from './define.js';
import { depthToSpace } from './depth-to-space.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { exp } from './exp.js';
import { fullyConnected } from './fully-connected.js';
import { gather } from './gather.js';
import { hardmax } from './hardmax.js';
import { logSoftmax } from './log-softmax.js';
import { matMul } from './mat-mul.js';
import { maxPool2d } from './max-pool2d.js';
import { pad } from './pad.js';
import { reduceAll } from './reduce-all.js';
import { reduceAny } from './reduce-any.js';
import { reduceL1 } from './reduce-l1.js';
import { reduceL2 } from './reduce-l2.js';
import { reduceLogSum } from './reduce-log-sum.js';
import { reduceLogSumExp } from './reduce-log-sum-exp.js';
import { reduceMax } from './reduce-max.js';
import { reduceMean } from './reduce-mean.js';
import { reduceMin } from './reduce-min.js';
import { reduceProd } from './reduce-prod.js';
import { reduceSum } from './reduce-sum.js';
import { reduceSumSquare } from './reduce-sum-square.js';
import { relu } from './relu.js';
import { reshape } from './reshape.js';
import { resize } from './resize.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { spaceToDepth } from './space-to-depth.js';
import { split } from './split.js';
import { transpose } from './transpose.js';

/** THE list of operators: everything that knows of an operator looks here. */
export const operators: readonly OpRecord[] = [
  add,
  averagePool2d,
  concat,
  conv2d,
  depthToSpace,
  depthwiseConv2d,
  exp,
  fullyConnected,
  gather,
  hardmax,
  logSoftmax,
  matMul,
  maxPool2d,
  pad,
  reduceAll,
  reduceAny,
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
  relu,
  reshape,
  resize,
  slice,
  softmax,
  spaceToDepth,
  split,
  transpose,
];

const byName = new Map(operators.map((op) => [op.name, op]));

/** The record of an operator by its name in the graph; throws Error (a bug) if there is none. */
export function operator(name: string): OpRecord {
  const op = byName.get(name);
  if (!op) throw new Error(`there is no operator '${name}'`);
  return op;
}
