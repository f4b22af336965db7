import type { Node } from '../../../ir/graph.js';
import type { Call, Rule, Target } from '../program.js';
import { depthwise3x3Dsp } from './depthwise/dsp.js';
import { depthwiseInt8 } from './depthwise/int8.js';
import { depthwiseInt16 } from './depthwise/int16.js';
import { depthwiseMve } from './depthwise/mve.js';
import { depthwisePlanes } from './depthwise/planes.js';

/** The fastest kernel of the processor that takes the form. */
const int8 = (node: Node, target: Target): readonly Call[] =>
  (target.cpu.mve ? depthwiseMve(node, target) : undefined) ??
  (target.cpu.dsp ? depthwise3x3Dsp(node, target) : undefined) ??
  depthwisePlanes(node) ??
  depthwiseInt8(node, target);

export const depthwiseRules: readonly Rule[] = [
  { ops: ['DepthwiseConv2D'], types: ['int8'], lower: int8 },
  { ops: ['DepthwiseConv2D'], types: ['int16'], lower: depthwiseInt16 },
];
