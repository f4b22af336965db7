import type { Rule } from '../program.js';

export const poolRules: readonly Rule[] = [];
