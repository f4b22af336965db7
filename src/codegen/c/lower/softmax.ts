import type { Rule } from '../program.js';
import { logSoftmaxInt8, softmaxInt8 } from './softmax/int8.js';
import { softmaxInt16 } from './softmax/int16.js';

export const softmaxRules: readonly Rule[] = [
  { ops: ['Softmax'], types: ['int8'], lower: softmaxInt8 },
  { ops: ['Softmax'], types: ['int16'], lower: softmaxInt16 },
  { ops: ['LogSoftmax'], types: ['int8'], lower: logSoftmaxInt8 },
];
