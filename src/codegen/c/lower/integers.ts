import type { Rule } from '../program.js';

export const integerRules: readonly Rule[] = [];
