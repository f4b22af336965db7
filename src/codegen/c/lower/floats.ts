import type { Rule } from '../program.js';
import { floatBinaryRules } from './float/binary.js';
import { floatConvolutionRules } from './float/convolutions.js';
import { floatPoolRules } from './float/pools.js';
import { floatProductRules } from './float/products.js';
import { floatReductionRules } from './float/reductions.js';
import { floatResizeRules } from './float/resize.js';
import { floatRowRules } from './float/rows.js';
import { floatUnaryRules } from './float/unary.js';

/** Everything that computes on float32; constant int8 weights beside float inputs are widened as they are used. */
export const floatRules: readonly Rule[] = [
  ...floatConvolutionRules,
  ...floatProductRules,
  ...floatPoolRules,
  ...floatUnaryRules,
  ...floatBinaryRules,
  ...floatReductionRules,
  ...floatRowRules,
  ...floatResizeRules,
];
