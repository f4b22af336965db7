import type { Rule } from '../program.js';

export const arithmeticRules: readonly Rule[] = [];
