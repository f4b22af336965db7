import type { Rule } from '../program.js';
import { depthwiseInt8 } from './depthwise/int8.js';
import { depthwiseInt16 } from './depthwise/int16.js';

export const depthwiseRules: readonly Rule[] = [
  { ops: ['DepthwiseConv2D'], types: ['int8'], lower: depthwiseInt8 },
  { ops: ['DepthwiseConv2D'], types: ['int16'], lower: depthwiseInt16 },
];
