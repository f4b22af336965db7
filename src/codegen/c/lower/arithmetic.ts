import type { Rule } from '../program.js';
import { addOrSub } from './arithmetic/add.js';
import { mul } from './arithmetic/mul.js';

export const arithmeticRules: readonly Rule[] = [
  { ops: ['Add', 'Sub'], types: ['int8', 'int16'], lower: addOrSub },
  { ops: ['Mul'], types: ['int8', 'int16'], lower: mul },
];
