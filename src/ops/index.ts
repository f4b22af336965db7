import { abs } from './abs.js';
import { acos } from './acos.js';
import { acosh } from './acosh.js';
import { add } from './add.js';
import { and } from './and.js';
import { argMax } from './arg-max.js';
import { argMin } from './arg-min.js';
import { asin } from './asin.js';
import { asinh } from './asinh.js';
import { atan } from './atan.js';
import { atan2 } from './atan2.js';
import { atanh } from './atanh.js';
import { averagePool2d } from './average-pool2d.js';
import { batchToSpace } from './batch-to-space.js';
import { bitShift } from './bit-shift.js';
import { bitwiseAnd } from './bitwise-and.js';
import { bitwiseNot } from './bitwise-not.js';
import { bitwiseOr } from './bitwise-or.js';
import { bitwiseXor } from './bitwise-xor.js';
import { cast } from './cast.js';
import { ceil } from './ceil.js';
import { celu } from './celu.js';
import { clip } from './clip.js';
import { concat } from './concat.js';
import { convTranspose2d } from './conv-transpose2d.js';
import { conv2d } from './conv2d.js';
import { cos } from './cos.js';
import { cosh } from './cosh.js';
import { cumProd } from './cum-prod.js';
import { cumSum } from './cum-sum.js';
import type { OpRecord } from './define.js';
import { depthToSpace } from './depth-to-space.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { dequantize } from './dequantize.js';
import { div } from './div.js';
import { elu } from './elu.js';
import { equal } from './equal.js';
import { erf } from './erf.js';
import { exp } from './exp.js';
import { expand } from './expand.js';
import { floor } from './floor.js';
import { floorDiv } from './floor-div.js';
import { fullyConnected } from './fully-connected.js';
import { gather } from './gather.js';
import { gatherElements } from './gather-elements.js';
import { gatherND } from './gather-nd.js';
import { gelu } from './gelu.js';
import { greater } from './greater.js';
import { greaterEqual } from './greater-equal.js';
import { hardSigmoid } from './hard-sigmoid.js';
import { hardSwish } from './hard-swish.js';
import { hardmax } from './hardmax.js';
import { identity } from './identity.js';
import { isInf } from './is-inf.js';
import { isNan } from './is-nan.js';
import { l2Normalization } from './l2-normalization.js';
import { layerNormalization } from './layer-normalization.js';
import { leakyRelu } from './leaky-relu.js';
import { less } from './less.js';
import { lessEqual } from './less-equal.js';
import { log } from './log.js';
import { logSoftmax } from './log-softmax.js';
import { lrn } from './lrn.js';
import { matMul } from './mat-mul.js';
import { maxPool2d } from './max-pool2d.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { mish } from './mish.js';
import { mod } from './mod.js';
import { mul } from './mul.js';
import { neg } from './neg.js';
import { not } from './not.js';
import { notEqual } from './not-equal.js';
import { oneHot } from './one-hot.js';
import { or } from './or.js';
import { pad } from './pad.js';
import { pow } from './pow.js';
import { prelu } from './prelu.js';
import { quantize } from './quantize.js';
import { reciprocal } from './reciprocal.js';
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
import { reverse } from './reverse.js';
import { reverseSequence } from './reverse-sequence.js';
import { round } from './round.js';
import { rsqrt } from './rsqrt.js';
import { scatterElements } from './scatter-elements.js';
import { scatterND } from './scatter-nd.js';
import { selu } from './selu.js';
import { shrink } from './shrink.js';
import { sigmoid } from './sigmoid.js';
import { sign } from './sign.js';
import { sin } from './sin.js';
import { sinh } from './sinh.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { softplus } from './softplus.js';
import { softsign } from './softsign.js';
import { spaceToBatch } from './space-to-batch.js';
import { spaceToDepth } from './space-to-depth.js';
import { split } from './split.js';
import { sqrt } from './sqrt.js';
import { square } from './square.js';
import { squaredDifference } from './squared-difference.js';
import { sub } from './sub.js';
import { swish } from './swish.js';
import { tan } from './tan.js';
import { tanh } from './tanh.js';
import { thresholdedRelu } from './thresholded-relu.js';
import { tile } from './tile.js';
import { topK } from './top-k.js';
import { transpose } from './transpose.js';
import { trilu } from './trilu.js';
import { where } from './where.js';
import { xor } from './xor.js';

/** THE list of operators: everything that knows of an operator looks here. */
export const operators: readonly OpRecord[] = [
  abs,
  acos,
  acosh,
  add,
  and,
  argMax,
  argMin,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  averagePool2d,
  batchToSpace,
  bitShift,
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  cast,
  ceil,
  celu,
  clip,
  concat,
  conv2d,
  convTranspose2d,
  cos,
  cosh,
  cumProd,
  cumSum,
  depthToSpace,
  depthwiseConv2d,
  dequantize,
  div,
  elu,
  equal,
  erf,
  exp,
  expand,
  floor,
  floorDiv,
  fullyConnected,
  gather,
  gatherElements,
  gatherND,
  gelu,
  greater,
  greaterEqual,
  hardmax,
  hardSigmoid,
  hardSwish,
  identity,
  isInf,
  isNan,
  l2Normalization,
  layerNormalization,
  leakyRelu,
  less,
  lessEqual,
  log,
  logSoftmax,
  lrn,
  matMul,
  maximum,
  maxPool2d,
  minimum,
  mish,
  mod,
  mul,
  neg,
  not,
  notEqual,
  oneHot,
  or,
  pad,
  pow,
  prelu,
  quantize,
  reciprocal,
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
  reverse,
  reverseSequence,
  round,
  rsqrt,
  scatterElements,
  scatterND,
  selu,
  shrink,
  sigmoid,
  sign,
  sin,
  sinh,
  slice,
  softmax,
  softplus,
  softsign,
  spaceToBatch,
  spaceToDepth,
  split,
  sqrt,
  square,
  squaredDifference,
  sub,
  swish,
  tan,
  tanh,
  thresholdedRelu,
  tile,
  topK,
  transpose,
  trilu,
  where,
  xor,
];

const byName = new Map(operators.map((op) => [op.name, op]));

/** The record of an operator by its name in the graph; throws Error (a bug) if there is none. */
export function operator(name: string): OpRecord {
  const op = byName.get(name);
  if (!op) throw new Error(`there is no operator '${name}'`);
  return op;
}
