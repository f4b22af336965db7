import type { Node, Value } from '../../../ir/graph.js';
import { sizeOf } from '../../../ir/types.js';
import type { Call, Rule, Target } from '../program.js';
import { filtersOf } from './convolution/channels.js';
import { conv2dInt8, convTranspose2dInt8, rowsInt8 } from './convolution/int8.js';
import { conv2dInt16, convTranspose2dInt16, fullyConnectedInt16 } from './convolution/int16.js';
import { matMul } from './convolution/mat-mul.js';

function fullyConnectedInt8(node: Node, target: Target): readonly Call[] {
  if (sizeOf(node.outputs[0].shape) === 0) return [];
  return rowsInt8(node, target, filtersOf(node, target), sizeOf((node.inputs[0] as Value).shape.slice(0, -1)));
}

/** Products of quantized values with filters and with each other. */
export const convolutionRules: readonly Rule[] = [
  { ops: ['Conv2D'], types: ['int8'], lower: conv2dInt8 },
  { ops: ['Conv2D'], types: ['int16'], lower: conv2dInt16 },
  { ops: ['ConvTranspose2D'], types: ['int8'], lower: convTranspose2dInt8 },
  { ops: ['ConvTranspose2D'], types: ['int16'], lower: convTranspose2dInt16 },
  { ops: ['FullyConnected'], types: ['int8'], lower: fullyConnectedInt8 },
  { ops: ['FullyConnected'], types: ['int16'], lower: fullyConnectedInt16 },
  { ops: ['MatMul'], types: ['int8', 'int16'], lower: matMul },
];
