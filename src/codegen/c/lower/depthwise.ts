import type { Rule } from '../program.js';
import { depthwise3x3Dsp } from './depthwise/dsp.js';
import { depthwiseInt16 } from './depthwise/int16.js';
import { depthwiseInt8 } from './depthwise/int8.js';

export const depthwiseRules: readonly Rule[] = [
  {
    ops: ['DepthwiseConv2D'],
    types: ['int8'],
    lower: (node, target) => (target.cpu.dsp ? depthwise3x3Dsp(node, target) : undefined) ?? depthwiseInt8(node, target),
  },
  { ops: ['DepthwiseConv2D'], types: ['int16'], lower: depthwiseInt16 },
];
