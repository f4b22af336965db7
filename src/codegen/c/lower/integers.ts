import type { Rule } from '../program.js';
import { integerBinaryRules } from './integer/binary.js';
import { castRules } from './integer/cast.js';
import { integerReduceRules } from './integer/reduce.js';
import { integerRowRules } from './integer/rows.js';
import { integerUnaryRules } from './integer/unary.js';

/** Arithmetic of plain integers and booleans, and casts between all types. */
export const integerRules: readonly Rule[] = [
  ...integerBinaryRules,
  ...integerUnaryRules,
  ...integerReduceRules,
  ...integerRowRules,
  ...castRules,
];
